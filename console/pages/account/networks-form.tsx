import { Button, Group, Stack, Textarea } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { type FormEvent, useState } from 'react'
import { type Confirmation, ConfirmDialog } from '../../parts/confirm.tsx'
import { ErrorAlert } from '../../parts/states.tsx'
import { showToast } from '../../parts/toast.ts'
import { useUnsavedChangesPrompt } from '../../parts/unsaved-changes.tsx'
import { useSave } from '../../parts/use-save.ts'
import { useSession } from '../../session/session.ts'
import { lineErrors, parseNetworkLines, textOfNetworks } from './network-lines.ts'
import { type AccountForm, updateAccount } from './update-account.ts'

export function NetworksForm({ of, isReadOnly }: AccountForm) {
  const { address } = useSession()
  const before = textOfNetworks({ allowedIps: of.allowedIps ?? [], allowedIpv6: of.allowedIpv6 ?? [] })
  const [text, setText] = useState(before)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const save = useSave()
  const networks = parseNetworkLines(text)
  const isChanged = textOfNetworks(networks) !== before
  useUnsavedChangesPrompt(isChanged)
  const write = async (confirmLockoutFrom?: string) => {
    await updateAccount(of.id, { ...networks, confirmLockoutFrom })
    setText(textOfNetworks(networks))
    showToast({ message: 'Saved the allowed networks. They apply from now on.' })
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(async () => {
      try {
        await write()
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'lockout') throw error
        setConfirmation(lockoutConfirmation(address, () => write(address)))
      }
    })
  }
  const { saveState } = save
  const faults = saveState.state === 'failed' && saveState.error instanceof Refused ? saveState.error.faults : []
  // Registers the fields, whose errors are shown with their lines.
  save.errorAt('/data/attributes/allowed-ips', '/data/attributes/allowed-ipv6')
  const errors = lineErrors(text, faults)
  return (
    <>
      <form onSubmit={submit}>
        <Stack gap={14} maw={620}>
          <Textarea
            label="Networks"
            description={`Tokens and sessions are accepted from these IPv4 and IPv6 networks only, one per line. Empty: from anywhere. Your address is ${address}.`}
            placeholder={'203.0.113.0/24\n2001:db8::/32'}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value)
              if (errors.length > 0) save.reset()
            }}
            error={errors.length > 0 && errors.map((error) => <div key={error}>{error}</div>)}
            autosize
            minRows={3}
            maxRows={16}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            disabled={isReadOnly}
          />
          <ErrorAlert text={save.otherErrors()} />
          {!isReadOnly && (
            <Group>
              <Button type="submit" loading={save.busy} disabled={!isChanged}>
                Save networks
              </Button>
            </Group>
          )}
        </Stack>
      </form>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

const lockoutConfirmation = (address: string, onConfirm: () => Promise<void>): Confirmation => ({
  title: 'Lock yourself out?',
  submitLabel: 'Save and lose access',
  checkboxLabel: `I will lose access from ${address}`,
  children: `These networks do not contain your own address, ${address}. From there, sessions and tokens stop working for this account immediately.`,
  onConfirm,
})
