/** A dialog over any page: sign in again, re-authenticate, or resolve a change of user. The input below is kept. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { queries } from '../queries.ts'
import { CredentialsForm } from './credentials-form.tsx'
import { type Interruption, resolveInterruption, useInterruption } from './interruptions.ts'
import { notifyOtherTabs, onOtherTabChange } from './other-tabs.ts'
import { type SessionResponse, sessionQuery, useMaybeSession } from './session.ts'

type ActiveInterruption = Exclude<Interruption, { kind: 'none' }>

const titles = {
  'sign-in': 'Session expired',
  'step-up': 'Confirm that it is you',
  'other-user': 'Another user signed in',
}

export function InterruptionDialog() {
  const interruption = useInterruption()
  useMaybeSession()
  useEffect(
    () => onOtherTabChange(() => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })),
    [],
  )
  // The page belongs to another user: until this is resolved, every request would be sent as the new one.
  const isForced = interruption.kind === 'other-user'
  return (
    <Modal
      opened={interruption.kind !== 'none'}
      onClose={() => resolveInterruption(false)}
      title={interruption.kind === 'none' ? '' : titles[interruption.kind]}
      size="sm"
      centered
      closeOnClickOutside={false}
      closeOnEscape={!isForced}
      withCloseButton={!isForced}
      zIndex={400}
      className="interruption"
    >
      {interruption.kind !== 'none' && <InterruptionForm to={interruption} />}
    </Modal>
  )
}

function InterruptionForm({ to }: { to: ActiveInterruption }) {
  const session = useMaybeSession()
  const done = (given: SessionResponse) => {
    // The page of another user must not stay visible.
    if (session && given.session && given.session.user.id !== session.user.id) return location.assign('/')
    queries.setQueryData(sessionQuery.queryKey, given)
    if (to.kind !== 'step-up') notifyOtherTabs()
    resolveInterruption(true)
  }
  const methods = session?.methods
  return (
    <Stack gap={14}>
      <Text className="break">{explanationOf(to, session?.user.email)}</Text>
      <CredentialsForm
        purpose={to.kind === 'step-up' ? 'step-up' : 'sign-in'}
        {...(session ? { email: session.user.email } : {})}
        {...(methods
          ? { methods: { password: methods.password || methods.passkeys === 0, passkey: methods.passkeys > 0 } }
          : {})}
        onDone={done}
      />
      <Group justify="flex-end">
        <LeaveButton out={to} />
      </Group>
    </Stack>
  )
}

function explanationOf(to: ActiveInterruption, email: string | undefined): string {
  if (to.kind === 'sign-in') return 'Sign in again to continue. Your input is kept.'
  if (to.kind === 'step-up')
    return 'This action changes access, so it requires re-authentication. We will not ask again for 15 minutes.'
  return `${to.email} signed in in another tab. This page belongs to ${email ?? 'another user'}. Sign in again to continue here; your input is kept.`
}

function LeaveButton({ out: to }: { out: ActiveInterruption }) {
  const shared = { variant: 'subtle', color: 'gray' } as const
  if (to.kind === 'step-up')
    return (
      <Button {...shared} onClick={() => resolveInterruption(false)}>
        Cancel
      </Button>
    )
  if (to.kind === 'sign-in')
    return (
      <Button {...shared} onClick={() => location.assign('/sign-in')}>
        Leave this page
      </Button>
    )
  return (
    <Button {...shared} onClick={() => location.assign('/')}>
      Leave this page
    </Button>
  )
}
