/** Sets up what a session needs before anything else: a passkey or a password after a sign-in link, or a required second factor. */
import { Anchor, Button, Divider, Stack, Text } from '@mantine/core'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { CenteredPage } from '../parts/centered-page.tsx'
import { ErrorAlert } from '../parts/states.tsx'
import { useSave } from '../parts/use-save.ts'
import { queries } from '../queries.ts'
import { callAuth } from '../server.ts'
import { addPasskey } from '../session/add-passkey.ts'
import { NewPassword } from '../session/new-password.tsx'
import { arePasskeysSupported } from '../session/passkey.ts'
import { CreatePasskeyButton, RequiredSecondFactor } from '../session/required-second-factor.tsx'
import { sessionQuery, useSession } from '../session/session.ts'

export function FirstCredential() {
  const session = useSession()
  // Kept, because recovery codes are still shown when the session needs nothing anymore.
  const [needs] = useState(session.needs)
  const [wantsPassword, setWantsPassword] = useState(!arePasskeysSupported())
  const [password, setPassword] = useState('')
  const save = useSave()
  const navigate = useNavigate()
  const done = async () => {
    const { session: next } = await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
    if (next?.needs) return location.reload()
    void navigate({ to: '/', replace: true })
  }
  if (needs === 'second-factor' || needs === 'reauthentication')
    return <RequiredSecondFactor of={session} needs={needs} onDone={done} />
  if (session.needs === null && !save.busy) return <Navigate to="/" replace />
  const setUpPasskey = () => save.run(async () => void ((await addPasskey('My first passkey')) && (await done())))
  const setUpPassword = (event: FormEvent) => {
    event.preventDefault()
    void save.run(async () => {
      await callAuth('PUT /auth/methods/password', { body: { password } })
      await done()
    })
  }
  const isRenewal = session.needs === 'new-password'
  return (
    <CenteredPage
      title={isRenewal ? 'Choose a new password' : 'How will you sign in?'}
      about={
        isRenewal ? 'Your administrator requires a new password.' : 'Choose a sign-in method. You can add more later.'
      }
    >
      <Stack gap={14}>
        {arePasskeysSupported() && !isRenewal && (
          <>
            <CreatePasskeyButton onClick={setUpPasskey} loading={save.busy && !wantsPassword} />
            <Text size="sm" c="dimmed">
              Sign in with your fingerprint, face, PIN or security key. Passkeys protect you against phishing.
            </Text>
            <Divider label="or" />
          </>
        )}
        {wantsPassword || isRenewal ? (
          <form onSubmit={setUpPassword}>
            <Stack gap={12}>
              <NewPassword value={password} onChange={setPassword} error={save.errorAt('/password')} />
              <Button
                type="submit"
                size="sm"
                variant={arePasskeysSupported() && !isRenewal ? 'default' : 'filled'}
                loading={save.busy}
              >
                Set password
              </Button>
            </Stack>
          </form>
        ) : (
          <Anchor component="button" type="button" onClick={() => setWantsPassword(true)}>
            Use a password instead
          </Anchor>
        )}
        <ErrorAlert text={save.otherErrors()} />
      </Stack>
    </CenteredPage>
  )
}
