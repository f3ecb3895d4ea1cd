/** Where one is signed in, and how to end it. */
import { Badge, Group, Text } from '@mantine/core'
import { XIcon } from '@primer/octicons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ProfileTabs } from '../parts/profile-tabs.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded } from '../parts/states.tsx'
import { counted, Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { queries } from '../queries.ts'
import { auth } from '../server.ts'

interface OneSession {
  readonly id: string
  readonly 'created-at': string
  readonly 'last-seen-at': string
  readonly address: string
  readonly client: string
  readonly current: boolean
}

const sessionsQuery = queryOptions({
  queryKey: ['session', 'all'],
  queryFn: async () => (await auth<{ sessions: readonly OneSession[] }>('GET', 'sessions')).sessions,
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
        {current && <Badge>This one</Badge>}
      </Group>
    ),
  },
  { name: 'Address', cell: ({ address }) => <span className="mono">{address}</span> },
  { name: 'Signed in', cell: (session) => <Time at={session['created-at']} /> },
  { name: 'Last seen', cell: (session) => <Time at={session['last-seen-at']} /> },
]

export function ProfileSessions() {
  const sessions = useQuery(sessionsQuery)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0
  const endOthers = () =>
    setConfirmation({
      title: 'Sign out everywhere else?',
      deed: 'Sign out the others',
      children: `${counted(others, 'other session')} will have to sign in again. This one stays.`,
      run: async () => {
        const { ended } = await auth<{ ended: number }>('POST', 'sessions/end-others', {})
        await changed()
        showToast({ message: `Ended ${counted(ended, 'session')}.` })
      },
    })
  const end = async ({ id, client }: OneSession) => {
    await auth('DELETE', `sessions/${encodeURIComponent(id)}`)
    await changed()
    showToast({ message: `Ended the session of ${client || 'an unknown browser'}.` })
  }
  return (
    <Page
      title="Profile"
      about="Where you are signed in to this console. Tokens are no sessions: they live on when a session ends."
    >
      <ProfileTabs />
      <Panel
        title="Sessions"
        flush
        acts={
          <ActionButton variant="default" onClick={endOthers} why={others > 0 ? null : 'There is no other session.'}>
            Sign out everywhere else
          </ActionButton>
        }
      >
        <Loaded of={sessions}>
          {(rows) => (
            <Records
              label="Sessions"
              rows={rows}
              columns={columns}
              acts={(session) => (
                <ActionIconButton
                  name={`End the session of ${session.client || 'an unknown browser'}`}
                  color="red"
                  why={session.current ? 'This is the one you are using; sign out instead.' : null}
                  onClick={() => void end(session)}
                >
                  <XIcon />
                </ActionIconButton>
              )}
            />
          )}
        </Loaded>
      </Panel>
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}
