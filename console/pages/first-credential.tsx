/** After a one-time link: a passkey or a password, before anything else can be done. */
import { Anchor, Button, Divider, Stack, Text } from '@mantine/core'
import { PasskeyFillIcon } from '@primer/octicons-react'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Outside } from '../parts/outside.tsx'
import { useSave } from '../parts/saving.ts'
import { Refusal } from '../parts/states.tsx'
import { queries } from '../queries.ts'
import { auth } from '../server.ts'
import { addPasskey } from '../session/add-passkey.ts'
import { NewPassword } from '../session/new-password.tsx'
import { passkeysWork } from '../session/passkey.ts'
import { sessionQuery, useSession } from '../session/session.ts'

export function FirstCredential() {
  const session = useSession()
  const [wantsPassword, setWantsPassword] = useState(!passkeysWork())
  const [password, setPassword] = useState('')
  const save = useSave()
  const navigate = useNavigate()
  if (session.needs === null && !save.busy) return <Navigate to="/" replace />

  const done = async () => {
    await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
    void navigate({ to: '/', replace: true })
  }
  const takePasskey = () => save.run(async () => void ((await addPasskey('My first passkey')) && (await done())))
  const takePassword = (event: FormEvent) => {
    event.preventDefault()
    void save.run(async () => {
      await auth('PUT', 'methods/password', { password })
      await done()
    })
  }
  const isRenewal = session.needs === 'new-password'
  return (
    <Outside
      title={isRenewal ? 'Choose a new password' : 'How will you sign in?'}
      about={
        isRenewal
          ? 'Whoever set the old one asked for that.'
          : 'This token authority asks for one way in. You can add more later.'
      }
    >
      <Stack gap={14}>
        {passkeysWork() && !isRenewal && (
          <>
            <Button
              size="sm"
              leftSection={<PasskeyFillIcon />}
              onClick={takePasskey}
              loading={save.busy && !wantsPassword}
            >
              Create a passkey
            </Button>
            <Text size="sm" c="dimmed">
              Your fingerprint, face, PIN or security key. Nothing to remember, nothing that can be phished.
            </Text>
            <Divider label="or" />
          </>
        )}
        {wantsPassword || isRenewal ? (
          <form onSubmit={takePassword}>
            <Stack gap={12}>
              <NewPassword value={password} onChange={setPassword} error={save.at('/password')} />
              <Button
                type="submit"
                size="sm"
                variant={passkeysWork() && !isRenewal ? 'default' : 'filled'}
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
        <Refusal text={save.rest()} />
      </Stack>
    </Outside>
  )
}
