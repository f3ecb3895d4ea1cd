/** How one signs in: passkeys, password, authenticator app, recovery codes. */

import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { PlusIcon, TrashIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ProfileTabs } from '../parts/profile-tabs.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded, Loading, Nothing } from '../parts/states.tsx'
import { counted, Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { auth } from '../server.ts'
import { passkeysWork } from '../session/passkey.ts'
import { AddPasskey, SetPassword } from '../session/sign-in-method-forms.tsx'
import { changed, type Passkey, type SignInMethods, signInMethodsQuery } from '../session/sign-in-methods.ts'

const SetUpCodes = fetched(
  async () => (await import('../session/set-up-codes.tsx')).SetUpCodes,
  () => <Loading rows={3} />,
)

type Doing = 'passkey' | 'password' | 'app' | 'nothing'

export function ProfileMethods() {
  const ways = useQuery(signInMethodsQuery)
  const [doing, setDoing] = useState<Doing>('nothing')
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const close = () => setDoing('nothing')
  const done = async () => {
    await changed()
    close()
  }
  const showCodes = (made: readonly string[]) => {
    close()
    setCodes(made)
    void changed()
  }
  return (
    <Page
      title="Profile"
      about="How you sign in to this console. Keep at least two ways, so that losing one does not lock you out."
    >
      <ProfileTabs />
      <Loaded of={ways}>
        {(data) => (
          <>
            <Passkeys
              passkeys={data.passkeys}
              onAdd={() => setDoing('passkey')}
              onRemove={(passkey) => setConfirmation(removal(passkey))}
            />
            <Password of={data.password} onChange={() => setDoing('password')} />
            <App
              of={data}
              onSetUp={() => setDoing('app')}
              onOff={() => setConfirmation(appOff)}
              onCodes={() => setConfirmation(newCodes(showCodes))}
            />
          </>
        )}
      </Loaded>
      <Modal opened={doing === 'passkey'} onClose={close} title="Add a passkey" size="md" centered>
        <AddPasskey onClose={close} onDone={done} />
      </Modal>
      <Modal
        opened={doing === 'password'}
        onClose={close}
        title={ways.data?.password.set ? 'Change password' : 'Set a password'}
        size="md"
        centered
      >
        <SetPassword onClose={close} onDone={done} />
      </Modal>
      <Modal opened={doing === 'app'} onClose={close} title="Set up an authenticator app" size="md" centered>
        <SetUpCodes onDone={showCodes} onClose={close} />
      </Modal>
      <OneTimeSecret
        title="Your recovery codes"
        name="recovery codes"
        kind="codes"
        secret={codes?.join('\n') ?? null}
        about="When your authenticator is lost, each of these works once in its place. Print them, or keep them with your passwords."
        onClose={() => setCodes(null)}
      />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

function Passkeys({
  passkeys,
  onAdd,
  onRemove,
}: {
  passkeys: readonly Passkey[]
  onAdd: () => void
  onRemove: (passkey: Passkey) => void
}) {
  const add = (
    <ActionButton
      variant="default"
      leftSection={<PlusIcon />}
      onClick={onAdd}
      why={passkeysWork() ? null : 'Passkeys work over https or on localhost, in a browser that knows them.'}
    >
      Add passkey
    </ActionButton>
  )
  return (
    <Panel title="Passkeys" acts={add} flush>
      {passkeys.length === 0 ? (
        <Nothing title="No passkeys yet">
          Your fingerprint, face, PIN or security key instead of a password. It cannot be phished.
        </Nothing>
      ) : (
        <Records
          label="Passkeys"
          rows={passkeys}
          columns={passkeyColumns}
          acts={(passkey) => (
            <ActionIconButton name={`Remove ${passkey.name}`} color="red" onClick={() => onRemove(passkey)}>
              <TrashIcon />
            </ActionIconButton>
          )}
        />
      )}
    </Panel>
  )
}

const passkeyColumns: readonly Column<Passkey>[] = [
  { name: 'Name', cell: ({ name }) => <Text fw={600}>{name}</Text> },
  { name: 'Added', cell: (passkey) => <Time at={passkey['created-at']} /> },
  { name: 'Last used', cell: (passkey) => <Time at={passkey['last-used-at']} /> },
]

const removal = ({ id, name }: Passkey): Confirmation => ({
  title: `Remove ${name}?`,
  deed: 'Remove passkey',
  children: (
    <>
      You can no longer sign in with the passkey <b>{name}</b>. It may stay on the device until you delete it there.
    </>
  ),
  run: async () => {
    await auth('DELETE', `methods/passkeys/${encodeURIComponent(id)}`)
    await changed()
    showToast({ message: `Removed the passkey ${name}.` })
  },
})

function Password({ of, onChange }: { of: SignInMethods['password']; onChange: () => void }) {
  return (
    <Panel
      title="Password"
      acts={
        <Button variant="default" onClick={onChange}>
          {of.set ? 'Change password' : 'Set a password'}
        </Button>
      }
    >
      <Text>
        {of.set ? (
          <>
            Last changed <Time at={of['changed-at']} />.
          </>
        ) : (
          'You have none, and need none while you have a passkey.'
        )}
      </Text>
    </Panel>
  )
}

function App({
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
      acts={
        of.totp.on ? (
          <>
            <Button variant="default" onClick={onCodes}>
              New recovery codes
            </Button>
            <Button variant="light" color="red" onClick={onOff}>
              Turn off
            </Button>
          </>
        ) : (
          <ActionButton
            variant="default"
            onClick={onSetUp}
            why={of.password.set ? null : 'It is asked for after the password, and you have none.'}
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
          <Text {...(left < 3 && { c: 'var(--warn)' })}>{counted(left, 'recovery code')} left.</Text>
        </Stack>
      ) : (
        <Text>A code that changes every 30 seconds, asked for after your password.</Text>
      )}
    </Panel>
  )
}

const appOff: Confirmation = {
  title: 'Turn off the authenticator app?',
  deed: 'Turn off',
  children: 'Your password alone will sign you in, and your recovery codes stop working.',
  run: async () => {
    await auth('DELETE', 'methods/totp')
    await changed()
  },
}

const newCodes = (show: (codes: readonly string[]) => void): Confirmation => ({
  title: 'Make new recovery codes?',
  deed: 'Make new codes',
  children: 'The codes you have now stop working.',
  run: async () =>
    show((await auth<{ 'recovery-codes': readonly string[] }>('POST', 'methods/recovery-codes', {}))['recovery-codes']),
})
