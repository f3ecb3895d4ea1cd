/** Over whatever page: sign in again, or prove to be there. What was typed below stays, and what waited goes on. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { queries } from '../queries.ts'
import { CredentialsForm } from './credentials-form.tsx'
import { answer, useInterruption } from './interruptions.ts'
import { type SessionAnswer, sessionQuery, useMaybeSession } from './session.ts'

export function InterruptionDialog() {
  const interruption = useInterruption()
  return (
    <Modal
      opened={interruption.kind !== 'none'}
      onClose={() => answer(false)}
      title={interruption.kind === 'sign-in' ? 'Your session is over' : 'Prove that it is you'}
      size="sm"
      centered
      closeOnClickOutside={false}
      zIndex={400}
    >
      {interruption.kind !== 'none' && <Answer kind={interruption.kind} />}
    </Modal>
  )
}

function Answer({ kind }: { kind: 'sign-in' | 'proof' }) {
  const session = useMaybeSession()
  const done = (given: SessionAnswer) => {
    // Somebody else's page must not stay on the screen.
    if (session && given.session && given.session.user.id !== session.user.id) return location.assign('/')
    queries.setQueryData(sessionQuery.queryKey, given)
    answer(true)
  }
  const methods = session?.methods
  return (
    <Stack gap={14}>
      <Text>
        {kind === 'sign-in'
          ? 'Sign in again to go on. What you typed is still here.'
          : 'This needs a fresh proof, because it can give or end access. It holds for 15 minutes.'}
      </Text>
      <CredentialsForm
        purpose={kind === 'sign-in' ? 'sign-in' : 'prove'}
        {...(session ? { email: session.user.email } : {})}
        {...(methods
          ? { ways: { password: methods.password || methods.passkeys === 0, passkey: methods.passkeys > 0 } }
          : {})}
        onDone={done}
      />
      <Group justify="flex-end">
        <Button
          variant="subtle"
          color="gray"
          onClick={() => (kind === 'sign-in' ? location.assign('/sign-in') : answer(false))}
        >
          {kind === 'sign-in' ? 'Leave this page' : 'Cancel'}
        </Button>
      </Group>
    </Stack>
  )
}
