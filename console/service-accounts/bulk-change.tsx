/** Changes several service accounts after one confirmation, and shows the result of each. */
import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { accessTokens, auditEvents, serviceAccounts } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { TeamSelect } from '../access/team-select.tsx'
import { useRestoreFocus } from '../parts/focus.ts'
import { formatCount } from '../parts/time.tsx'
import { errorMessage } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import type { ServiceAccount } from './columns.tsx'

export type BulkChange = 'activate' | 'deactivate' | 'owners'

interface Bulk {
  readonly change: BulkChange
  readonly rows: readonly ServiceAccount[]
  /** Called with the service accounts that were not changed, if any change was attempted. */
  readonly onClose: (failed?: readonly ServiceAccount[]) => void
}

interface Result {
  readonly row: ServiceAccount
  /** Null if the service account was changed. */
  readonly failure: string | null
}

const texts = {
  activate: { title: 'Activate', about: 'Their tokens work again immediately.' },
  deactivate: {
    title: 'Deactivate',
    about: 'Requests with their tokens start failing immediately, until you activate them again.',
  },
  owners: { title: 'Change owners of', about: 'The selected teams replace the current owners.' },
}

export function BulkChangeDialog({ change, rows, onClose }: Bulk) {
  const [results, setResults] = useState<readonly Result[] | null>(null)
  const isBusy = results !== null && results.length < rows.length
  const apply = async (owners: readonly string[]) => {
    const input =
      change === 'owners' ? { owners: [...owners] } : { status: change === 'activate' ? 'Active' : 'Inactive' }
    const done: Result[] = []
    for (const row of rows) {
      setResults([...done])
      const changing = call(serviceAccounts, 'update', { path: { serviceAccount: row.id }, input: input as object })
      done.push({ row, failure: await changing.then(() => null, errorMessage) })
    }
    setResults(done)
    await invalidate(serviceAccounts, accessTokens, auditEvents)
  }
  const close = () => onClose(results?.flatMap(({ row, failure }) => (failure === null ? [] : [row])))
  return (
    <Modal
      opened
      onClose={isBusy ? () => undefined : close}
      withCloseButton={!isBusy}
      title={`${texts[change].title} ${formatCount(rows.length, 'service account')}${results ? '' : '?'}`}
      centered
    >
      {results ? (
        <Results of={results} total={rows.length} onClose={close} />
      ) : (
        <Confirm change={change} rows={rows} onConfirm={(owners) => void apply(owners)} onClose={() => onClose()} />
      )}
    </Modal>
  )
}

interface Confirm extends Pick<Bulk, 'change' | 'rows'> {
  readonly onConfirm: (owners: readonly string[]) => void
  readonly onClose: () => void
}

function Confirm({ change, rows, onConfirm, onClose }: Confirm) {
  const [owners, setOwners] = useState<readonly string[]>([])
  useRestoreFocus()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onConfirm(owners)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text>{texts[change].about}</Text>
        {change === 'owners' && <TeamSelect label="Owners" value={owners} onChange={setOwners} />}
        <Names of={rows.map((row) => ({ row, text: null }))} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button type="submit" {...(change === 'deactivate' && { color: 'red' })}>
            {texts[change].title} {formatCount(rows.length, 'service account')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Results({ of, total, onClose }: { of: readonly Result[]; total: number; onClose: () => void }) {
  const words = `${of.length} of ${total}`
  const failed = of.filter(({ failure }) => failure !== null)
  if (of.length < total)
    return (
      <Progress.Root>
        <Progress.Section
          value={(100 * of.length) / total}
          aria-label="Updating service accounts"
          aria-valuetext={words}
        />
      </Progress.Root>
    )
  return (
    <Stack gap={14}>
      <Text role="status">
        {total - failed.length} of {total} updated.{failed.length > 0 && ' The others stay selected.'}
      </Text>
      <Names of={of.map(({ row, failure }) => ({ row, text: failure ?? 'Updated' }))} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  )
}

const Names = ({ of }: { of: readonly { row: ServiceAccount; text: string | null }[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
  <ul className="plain-list long" tabIndex={0} aria-label="Service accounts">
    {of.map(({ row, text }) => (
      <li key={row.id} className="break">
        <b>{row.name}</b>
        {text && <div>{text}</div>}
      </li>
    ))}
  </ul>
)
