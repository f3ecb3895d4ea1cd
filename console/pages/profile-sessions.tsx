/** The active sessions of the user. */
import { Badge, Group, Text } from '@mantine/core'
import { XIcon } from '@primer/octicons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ProfileTabs } from '../parts/profile-tabs.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded } from '../parts/states.tsx'
import { formatCount, Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { queries } from '../queries.ts'
import { type AuthResponse, callAuth } from '../server.ts'

type OneSession = AuthResponse<'GET /auth/sessions'>['sessions'][number]

const sessionsQuery = queryOptions({
  queryKey: ['session', 'all'],
  queryFn: async () => (await callAuth('GET /auth/sessions')).sessions,
})

const changed = () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey })

const columns: readonly Column<OneSession>[] = [
  {
    name: 'Browser',
    cell: ({ client, current }) => (
      <Group gap={8}>
        <Text fw={600} className="break">
          {client || 'Unknown'}
        </Text>
        {current && <Badge>This device</Badge>}
      </Group>
    ),
  },
  { name: 'IP address', cell: ({ address }) => <span className="mono">{address}</span> },
  { name: 'Signed in', cell: (session) => <Time at={session['created-at']} /> },
  { name: 'Last active', cell: (session) => <Time at={session['last-seen-at']} /> },
]

export function ProfileSessions() {
  const sessions = useQuery(sessionsQuery)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0
  const endOthers = () =>
    setConfirmation({
      title: 'Sign out all other sessions?',
      submitLabel: 'Sign out other sessions',
      children: `${formatCount(others, 'other session')} will have to sign in again. You stay signed in on this device.`,
      onConfirm: async () => {
        const { ended } = await callAuth('POST /auth/sessions/end-others')
        await changed()
        showToast({ message: `Signed out ${formatCount(ended, 'session')}.` })
      },
    })
  const end = async ({ id, client }: OneSession) => {
    await callAuth('DELETE /auth/sessions/{session}', { params: { session: id } })
    await changed()
    showToast({ message: `Signed out the session of ${client || 'an unknown browser'}.` })
  }
  return (
    <Page title="Profile" about="Where you are signed in to the console. Signing out does not revoke tokens.">
      <ProfileTabs />
      <Panel
        title="Sessions"
        flush
        actions={
          <ActionButton
            variant="default"
            onClick={endOthers}
            disabledReason={others > 0 ? null : 'There are no other sessions.'}
          >
            Sign out all other sessions
          </ActionButton>
        }
      >
        <Loaded of={sessions}>
          {(rows) => (
            <Records
              label="Sessions"
              rows={rows}
              columns={columns}
              actions={(session) => (
                <ActionIconButton
                  name={`Sign out the session of ${session.client || 'an unknown browser'}`}
                  color="red"
                  disabledReason={
                    session.current ? 'This is your current session. Use Sign out in the user menu.' : null
                  }
                  onClick={() => void end(session)}
                >
                  <XIcon />
                </ActionIconButton>
              )}
            />
          )}
        </Loaded>
      </Panel>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}
