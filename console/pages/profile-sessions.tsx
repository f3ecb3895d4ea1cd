/** The active sessions of the user. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { Panel } from '../parts/page.tsx'
import { ProfilePage } from '../parts/profile-page.tsx'
import { Loaded } from '../parts/states.tsx'
import { formatCount } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { queries } from '../queries.ts'
import { callAuth } from '../server.ts'
import { nameClient } from '../sessions/client-name.ts'
import { type OneSession, SessionsTable } from '../sessions/sessions-table.tsx'

const sessionsQuery = queryOptions({
  queryKey: ['session', 'all'],
  queryFn: async () => (await callAuth('GET /auth/sessions')).sessions,
})

const changed = () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey })

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
    showToast({ message: `Signed out the session of ${nameClient(client)}.` })
  }
  return (
    <ProfilePage about="Where you are signed in to the console. Signing out does not revoke tokens.">
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
        <Loaded of={sessions}>{(rows) => <SessionsTable rows={rows} onEnd={(session) => void end(session)} />}</Loaded>
      </Panel>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </ProfilePage>
  )
}
