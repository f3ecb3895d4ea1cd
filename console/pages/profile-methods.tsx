/** The sign-in methods of the user: passkeys, password, authenticator app and recovery codes. */

import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { Panel } from '../parts/page.tsx'
import { ProfilePage } from '../parts/profile-page.tsx'
import { Loaded, Loading } from '../parts/states.tsx'
import { formatCount, Time } from '../parts/time.tsx'
import { callAuth } from '../server.ts'
import { PasskeysPanel, removePasskeyConfirmation } from '../session/passkeys-panel.tsx'
import { AddPasskey, SetPassword } from '../session/sign-in-method-forms.tsx'
import { invalidateSignInMethods, type SignInMethods, signInMethodsQuery } from '../session/sign-in-methods.ts'

const SetUpAuthenticator = lazyComponent(
  async () => (await import('../session/set-up-authenticator.tsx')).SetUpAuthenticator,
  () => <Loading rows={3} />,
)

type OpenDialog = 'passkey' | 'password' | 'app' | 'nothing'

export function ProfileMethods() {
  const methods = useQuery(signInMethodsQuery)
  const [dialog, setDialog] = useState<OpenDialog>('nothing')
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const close = () => setDialog('nothing')
  const done = async () => {
    await invalidateSignInMethods()
    close()
  }
  const showCodes = (created: readonly string[]) => {
    close()
    setCodes(created)
    void invalidateSignInMethods()
  }
  return (
    <ProfilePage about="How you sign in to the console. Set up at least two methods so that losing one does not lock you out.">
      <Loaded of={methods}>
        {(data) => (
          <>
            <PasskeysPanel
              passkeys={data.passkeys}
              onAdd={() => setDialog('passkey')}
              onRemove={(passkey) => setConfirmation(removePasskeyConfirmation(passkey))}
            />
            <Password of={data.password} onChange={() => setDialog('password')} />
            <AuthenticatorApp
              of={data}
              onSetUp={() => setDialog('app')}
              onOff={() => setConfirmation(turnOffConfirmation)}
              onCodes={() => setConfirmation(newCodesConfirmation(showCodes))}
            />
          </>
        )}
      </Loaded>
      <Modal opened={dialog === 'passkey'} onClose={close} title="Add passkey" size="md" centered>
        <AddPasskey onClose={close} onDone={done} />
      </Modal>
      <Modal
        opened={dialog === 'password'}
        onClose={close}
        title={methods.data?.password.set ? 'Change password' : 'Set password'}
        size="md"
        centered
      >
        <SetPassword onClose={close} onDone={done} />
      </Modal>
      <Modal opened={dialog === 'app'} onClose={close} title="Set up authenticator app" size="md" centered>
        <SetUpAuthenticator onDone={showCodes} onClose={close} />
      </Modal>
      <OneTimeSecret
        title="Your recovery codes"
        name="recovery codes"
        kind="codes"
        secret={codes?.join('\n') ?? null}
        about="If you lose your authenticator app, use one of these codes instead. Each works once. Print them or store them in your password manager."
        onClose={() => setCodes(null)}
      />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </ProfilePage>
  )
}

function Password({ of, onChange }: { of: SignInMethods['password']; onChange: () => void }) {
  return (
    <Panel
      title="Password"
      actions={
        <Button variant="default" onClick={onChange}>
          {of.set ? 'Change password' : 'Set password'}
        </Button>
      }
    >
      <Text>
        {of.set ? (
          <>
            Last changed <Time at={of['changed-at']} />.
          </>
        ) : (
          'Not set. You do not need a password while you have a passkey.'
        )}
      </Text>
    </Panel>
  )
}

function AuthenticatorApp({
  of,
  onSetUp,
  onOff,
  onCodes,
}: {
  of: SignInMethods
  onSetUp: () => void
  onOff: () => void
  onCodes: () => void
}) {
  const left = of['recovery-codes'].left
  return (
    <Panel
      title="Authenticator app"
      actions={
        of.totp.on ? (
          <>
            <Button variant="default" onClick={onCodes}>
              Create new recovery codes
            </Button>
            <Button variant="light" color="red" onClick={onOff}>
              Turn off
            </Button>
          </>
        ) : (
          <ActionButton
            variant="default"
            onClick={onSetUp}
            disabledReason={of.password.set ? null : 'Set a password first. The code is requested after the password.'}
          >
            Set up
          </ActionButton>
        )
      }
    >
      {of.totp.on ? (
        <Stack gap={6}>
          <Group gap={8}>
            <Badge>On</Badge>
            <Text>
              since <Time at={of.totp.since} />
            </Text>
          </Group>
          <Text {...(left < 3 && { c: 'var(--warn)' })}>{formatCount(left, 'recovery code')} left.</Text>
        </Stack>
      ) : (
        <Text>Require a code that changes every 30 seconds after your password.</Text>
      )}
    </Panel>
  )
}

const turnOffConfirmation: Confirmation = {
  title: 'Turn off authenticator app?',
  submitLabel: 'Turn off',
  children: 'You will sign in with your password only, and your recovery codes stop working.',
  onConfirm: async () => {
    await callAuth('DELETE /auth/methods/totp')
    await invalidateSignInMethods()
  },
}

const newCodesConfirmation = (show: (codes: readonly string[]) => void): Confirmation => ({
  title: 'Create new recovery codes?',
  submitLabel: 'Create new codes',
  children: 'Your current codes stop working.',
  onConfirm: async () => show((await callAuth('POST /auth/methods/recovery-codes'))['recovery-codes']),
})
