/** The sessions of another user, and a way back in if the user is locked out. */
import type { Found } from '@mintmark/client'
import { auditEvents, users } from '@mintmark/contract'
import { DeviceDesktopIcon } from '@primer/octicons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Invitation, InvitationLink } from '../access/invite-user.tsx'
import { displayName } from '../access/subjects.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { Panel } from '../parts/page.tsx'
import { EmptyState, Loaded } from '../parts/states.tsx'
import { formatCount } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { invalidate, queries } from '../queries.ts'
import { call, callAuth } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { nameClient } from './client-name.ts'
import { type OneSession, SessionsTable } from './sessions-table.tsx'

type Person = Found<typeof users>

const sessionsQuery = (user: string) =>
  queryOptions({
    queryKey: ['user-sessions', user],
    queryFn: async () => (await callAuth('GET /auth/users/{user}/sessions', { params: { user } })).sessions,
  })

const changed = async (user: string) => {
  await queries.invalidateQueries({ queryKey: sessionsQuery(user).queryKey })
  await invalidate(auditEvents)
}

export function UserSignIn({ of }: { of: Person }) {
  const account = useAccount()
  const isSelf = useSession().user.id === of.id
  const missing = useDenialReason()('users:update', { account: account.id })
  const sessions = useQuery({ ...sessionsQuery(of.id), enabled: missing === null })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const [link, setLink] = useState<Invitation | null>(null)
  const count = sessions.data?.length ?? 0
  const end = async ({ id, client }: OneSession) => {
    await callAuth('DELETE /auth/users/{user}/sessions/{session}', { params: { user: of.id, session: id } })
    await changed(of.id)
    showToast({ message: `Signed out the session of ${nameClient(client)}.` })
  }
  return (
    <Panel
      title="Sessions"
      flush
      actions={
        <>
          <ActionButton
            variant="default"
            onClick={() => setConfirmation(endAllConfirmation(of, count))}
            disabledReason={
              missing ??
              (isSelf ? 'Use Sessions in your profile.' : null) ??
              (count > 0 ? null : 'There are no sessions.')
            }
          >
            Sign out everywhere
          </ActionButton>
          <ActionButton
            variant="default"
            onClick={() => setConfirmation(resetConfirmation(of, account.id, setLink))}
            disabledReason={
              missing ?? (isSelf ? 'You cannot reset your own sign-in.' : (resetReasons[of.status ?? ''] ?? null))
            }
          >
            Reset sign-in
          </ActionButton>
        </>
      }
    >
      {missing === null ? (
        <Loaded of={sessions}>
          {(rows) =>
            rows.length > 0 ? (
              <SessionsTable rows={rows} onEnd={(session) => void end(session)} />
            ) : (
              <EmptyState icon={DeviceDesktopIcon} title="No sessions">
                {displayName(of)} is not signed in to the console.
              </EmptyState>
            )
          }
        </Loaded>
      ) : (
        <EmptyState icon={DeviceDesktopIcon} title="You don't have access">
          {missing}
        </EmptyState>
      )}
      <InvitationLink title="Sign-in link" of={link} onClose={() => setLink(null)} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Panel>
  )
}

const resetReasons: Readonly<Record<string, string>> = {
  Pending: 'Create an invitation link instead.',
  Inactive: 'Activate the user first.',
}

const endAllConfirmation = (of: Person, count: number): Confirmation => ({
  title: `Sign out user “${displayName(of)}” everywhere?`,
  submitLabel: 'Sign out everywhere',
  children: `${formatCount(count, 'session')} will have to sign in again. Tokens keep working.`,
  onConfirm: async () => {
    await call(users, 'endSessions', { path: { user: of.id } })
    await changed(of.id)
    showToast({ message: `Signed out ${displayName(of)} everywhere.` })
  },
})

const resetConfirmation = (of: Person, account: string, show: (link: Invitation) => void): Confirmation => ({
  title: `Reset the sign-in of user “${displayName(of)}”?`,
  submitLabel: 'Reset sign-in',
  children:
    'They are signed out everywhere, and you get a link for them that works once and for one hour. The passkey or password that they set with it replaces all their sign-in methods, which work until then. Verify who asks you for a link.',
  onConfirm: async () => {
    show(await callAuth('POST /auth/sign-in-links', { body: { account, user: of.id } }))
    await changed(of.id)
  },
})
