/** Over whatever page: sign in again, prove to be there, or decide whose page this is. What was typed below stays. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { queries } from '../queries.ts'
import { CredentialsForm } from './credentials-form.tsx'
import { answer, type Interruption, useInterruption } from './interruptions.ts'
import { hearOtherTabs, tellOtherTabs } from './other-tabs.ts'
import { type SessionAnswer, sessionQuery, useMaybeSession } from './session.ts'

type Asking = Exclude<Interruption, { kind: 'none' }>

const titles = {
  'sign-in': 'Your session is over',
  proof: 'Prove that it is you',
  'other-person': 'Somebody else signed in',
}

export function InterruptionDialog() {
  const interruption = useInterruption()
  useMaybeSession()
  useEffect(
    () => hearOtherTabs(() => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })),
    [],
  )
  // Whose page it is has to be decided: until then every request would go out as the other one.
  const isForced = interruption.kind === 'other-person'
  return (
    <Modal
      opened={interruption.kind !== 'none'}
      onClose={() => answer(false)}
      title={interruption.kind === 'none' ? '' : titles[interruption.kind]}
      size="sm"
      centered
      closeOnClickOutside={false}
      closeOnEscape={!isForced}
      withCloseButton={!isForced}
      zIndex={400}
    >
      {interruption.kind !== 'none' && <Answer to={interruption} />}
    </Modal>
  )
}

function Answer({ to }: { to: Asking }) {
  const session = useMaybeSession()
  const done = (given: SessionAnswer) => {
    // Somebody else's page must not stay on the screen.
    if (session && given.session && given.session.user.id !== session.user.id) return location.assign('/')
    queries.setQueryData(sessionQuery.queryKey, given)
    if (to.kind !== 'proof') tellOtherTabs()
    answer(true)
  }
  const methods = session?.methods
  return (
    <Stack gap={14}>
      <Text className="break">{words(to, session?.user.email)}</Text>
      <CredentialsForm
        purpose={to.kind === 'proof' ? 'prove' : 'sign-in'}
        {...(session ? { email: session.user.email } : {})}
        {...(methods
          ? { ways: { password: methods.password || methods.passkeys === 0, passkey: methods.passkeys > 0 } }
          : {})}
        onDone={done}
      />
      <Group justify="flex-end">
        <Way out={to} />
      </Group>
    </Stack>
  )
}

function words(to: Asking, email: string | undefined): string {
  if (to.kind === 'sign-in') return 'Sign in again to go on. What you typed is still here.'
  if (to.kind === 'proof')
    return 'This needs a fresh proof, because it can give or end access. It holds for 15 minutes.'
  return `${to.email} signed in within another tab. This page is ${email ?? 'somebody else'}’s: sign in again to go on with what is typed here.`
}

function Way({ out: to }: { out: Asking }) {
  const shared = { variant: 'subtle', color: 'gray' } as const
  if (to.kind === 'proof')
    return (
      <Button {...shared} onClick={() => answer(false)}>
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
