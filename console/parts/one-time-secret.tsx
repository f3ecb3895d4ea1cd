/**
 * Shows a secret once. The secret exists only in the state of the dialog; never store it anywhere else. Closing the dialog
 * requires a confirmation, because the secret cannot be shown again.
 */
import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { AlertIcon } from '@primer/octicons-react'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { CopyButton } from './copy.tsx'
import { useRestoreFocus } from './focus.ts'

interface OneTimeSecretProps {
  readonly title: string
  /** The accessible name of the secret. */
  readonly name: string
  readonly secret: string | null
  readonly about: ReactNode
  readonly kind?: 'token' | 'link' | 'codes' | 'secret'
  /** Ways to use the secret. Calls `onCopied` when one of them was copied. */
  readonly uses?: (onCopied: () => void) => ReactNode
  readonly onClose: () => void
}

export function OneTimeSecret(props: OneTimeSecretProps) {
  return props.secret === null ? null : <SecretDialog {...props} secret={props.secret} />
}

function SecretDialog({
  title,
  name,
  secret,
  about,
  kind = 'token',
  uses,
  onClose,
}: OneTimeSecretProps & { secret: string }) {
  const [saved, setSaved] = useState(false)
  const [leaving, setLeaving] = useState(false)
  useRestoreFocus()
  useBlocker({
    shouldBlockFn: () => !saved && !window.confirm(`${warnings[kind]} Leave anyway?`),
    enableBeforeUnload: () => !saved,
  })
  const close = () => (saved ? onClose() : setLeaving(true))
  const onCopied = () => setSaved(true)
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size={uses ? 'lg' : 'md'}
      closeOnClickOutside={false}
      withCloseButton={false}
      centered
    >
      <Stack gap={14}>
        <Text component="div">{about}</Text>
        <output className={kind === 'codes' ? 'secret codes' : 'secret'} aria-label={name}>
          {secret}
        </output>
        <Group gap={8}>
          <CopyButton text={secret} name={`Copy ${name}`} onCopied={onCopied} isPrimary={!saved} />
        </Group>
        {uses?.(onCopied)}
        <Alert color="yellow" variant="light" icon={<AlertIcon />}>
          {warnings[kind]}
        </Alert>
        <Checkbox
          label={`I have saved ${savedLabels[kind]}`}
          checked={saved}
          onChange={(event) => setSaved(event.currentTarget.checked)}
        />
        {leaving && !saved && (
          <Alert color="red" variant="light" role="alert" title="Close without saving?">
            <Stack gap={8}>
              <Text>{lossWarnings[kind]}</Text>
              <Group gap={8} justify="flex-end">
                <Button variant="default" onClick={() => setLeaving(false)}>
                  Go back
                </Button>
                <Button color="red" variant="light" onClick={onClose}>
                  Close anyway
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

const savedLabels = { secret: 'this secret', token: 'this token', link: 'this link', codes: 'these codes' }
const warnings = {
  secret: "Copy it now. You won't be able to see it again.",
  token: "Copy it now. You won't be able to see it again.",
  link: "Copy it now. It works once, and you won't be able to see it again.",
  codes: "Save them now. Each works once, and you won't be able to see them again.",
}
const lossWarnings = {
  secret: 'The secret will be lost, and you will have to create a new one.',
  token: 'The token will be lost. You will have to revoke it and create a new one.',
  link: 'The link will be lost, and you will have to create a new one.',
  codes: 'The codes will be lost, and you will have to create new ones.',
}
