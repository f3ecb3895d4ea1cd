/**
 * Shows a secret this once. It lives in the state of the dialog around this and goes with it: nothing else may be given
 * it. Leaving without a word is not possible, because it cannot be shown again.
 */
import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { AlertIcon } from '@primer/octicons-react'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { CopyButton } from './copy.tsx'
import { useFocusBack } from './focus.ts'

interface SecretOnce {
  readonly title: string
  /** The one who looks for it in a list knows it by this. */
  readonly name: string
  readonly secret: string | null
  readonly about: ReactNode
  readonly kind?: 'token' | 'link' | 'codes' | 'secret'
  readonly onClose: () => void
}

export function OneTimeSecret(props: SecretOnce) {
  return props.secret === null ? null : <Shown {...props} secret={props.secret} />
}

function Shown({ title, name, secret, about, kind = 'token', onClose }: SecretOnce & { secret: string }) {
  const [saved, setSaved] = useState(false)
  const [leaving, setLeaving] = useState(false)
  useFocusBack()
  useBlocker({
    shouldBlockFn: () => !saved && !window.confirm(`${warning[kind]} Leave all the same?`),
    enableBeforeUnload: () => !saved,
  })
  const close = () => (saved ? onClose() : setLeaving(true))
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false} withCloseButton={false} centered>
      <Stack gap={14}>
        <Text component="div">{about}</Text>
        <output className={kind === 'codes' ? 'secret codes' : 'secret'} aria-label={name}>
          {secret}
        </output>
        <Group gap={8}>
          <CopyButton text={secret} name={`Copy ${name}`} />
        </Group>
        <Alert color="yellow" variant="light" icon={<AlertIcon />}>
          {warning[kind]}
        </Alert>
        <Checkbox
          label={`I have saved ${things[kind]}`}
          checked={saved}
          onChange={(event) => setSaved(event.currentTarget.checked)}
        />
        {leaving && !saved && (
          <Alert color="red" variant="light" role="alert" title="Close without saving?">
            <Stack gap={8}>
              <Text>{lost[kind]}</Text>
              <Group gap={8}>
                <Button color="red" variant="light" onClick={onClose}>
                  Close anyway
                </Button>
                <Button variant="default" onClick={() => setLeaving(false)}>
                  Stay
                </Button>
              </Group>
            </Stack>
          </Alert>
        )}
        <Group justify="flex-end">
          <Button onClick={close} disabled={!saved} variant={saved ? 'filled' : 'default'}>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const things = { secret: 'this secret', token: 'this token', link: 'this link', codes: 'these codes' }
const warning = {
  secret: 'Save it now. It cannot be shown again.',
  token: 'Save it now. It is stored nowhere and cannot be shown again.',
  link: 'Send it now. It works once and cannot be shown again.',
  codes: 'Save them now. Each works once, and they cannot be shown again.',
}
const lost = {
  secret: 'The secret will be lost. You would have to make another one.',
  token: 'The token will be lost. You would have to delete it and generate another one.',
  link: 'The link will be lost. You would have to make another one.',
  codes: 'The codes will be lost. You would have to make new ones.',
}
