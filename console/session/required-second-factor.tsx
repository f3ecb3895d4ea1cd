/** For users of an account that requires a second factor: sets one up, or re-authenticates with the existing one. */
import { Anchor, Button, Divider, Stack, Text } from '@mantine/core'
import { PasskeyFillIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { CenteredPage } from '../parts/centered-page.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { ErrorAlert, Loading } from '../parts/states.tsx'
import { useSave } from '../parts/use-save.ts'
import { addPasskey } from './add-passkey.ts'
import { CredentialsForm } from './credentials-form.tsx'
import { arePasskeysSupported } from './passkey.ts'
import type { Session } from './session.ts'
import { signOut } from './sign-out.ts'

const SetUpAuthenticator = lazyComponent(
  async () => (await import('./set-up-authenticator.tsx')).SetUpAuthenticator,
  () => <Loading rows={3} />,
)

interface RequiredSecondFactor {
  readonly of: Session
  /** Whether to set one up, or to re-authenticate with the existing one. */
  readonly needs: 'second-factor' | 'reauthentication'
  readonly onDone: () => Promise<void>
}

export function RequiredSecondFactor({ of: { methods, user }, needs, onDone }: RequiredSecondFactor) {
  return (
    <CenteredPage
      title={needs === 'second-factor' ? 'Set up a second factor' : 'Use your second factor'}
      about="An account that you belong to requires a passkey, or a password with an authenticator app."
    >
      <Stack gap={14}>
        {needs === 'second-factor' ? (
          <SetUp hasPassword={methods.password} onDone={onDone} />
        ) : (
          <CredentialsForm
            purpose="step-up"
            email={user.email}
            methods={{ password: methods.totp, passkey: methods.passkeys > 0 }}
            onDone={onDone}
          />
        )}
        <Anchor component="button" type="button" size="sm" onClick={() => void signOut()}>
          Sign out
        </Anchor>
      </Stack>
    </CenteredPage>
  )
}

function SetUp({ hasPassword, onDone }: { hasPassword: boolean; onDone: () => Promise<void> }) {
  const [wantsApp, setWantsApp] = useState(false)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const save = useSave()
  const setUpPasskey = () => save.run(async () => void ((await addPasskey('My first passkey')) && (await onDone())))
  if (wantsApp && !codes) return <SetUpAuthenticator onDone={setCodes} onClose={() => setWantsApp(false)} />
  return (
    <>
      {arePasskeysSupported() && <CreatePasskeyButton onClick={setUpPasskey} loading={save.busy} />}
      {arePasskeysSupported() && hasPassword && <Divider label="or" />}
      {hasPassword && (
        <Button size="sm" variant="default" onClick={() => setWantsApp(true)}>
          Set up authenticator app
        </Button>
      )}
      {!arePasskeysSupported() && !hasPassword && <Text>Passkeys require HTTPS or localhost.</Text>}
      <ErrorAlert text={save.otherErrors()} />
      <OneTimeSecret
        title="Your recovery codes"
        name="recovery codes"
        kind="codes"
        secret={codes?.join('\n') ?? null}
        about="If you lose your authenticator app, use one of these codes instead. Each works once. Print them or store them in your password manager."
        onClose={() => void onDone()}
      />
    </>
  )
}

export const CreatePasskeyButton = (how: { readonly onClick: () => void; readonly loading: boolean }) => (
  <Button size="sm" leftSection={<PasskeyFillIcon />} {...how}>
    Create a passkey
  </Button>
)
