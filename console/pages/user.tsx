/** A user: access, tokens, sessions, activity, deactivation and removal. */

import type { Found } from '@mintmark/client'
import { accessPolicies, accounts, auditEvents, teams, users } from '@mintmark/contract'
import { LinkIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { EffectivePermissions } from '../access/effective-permissions.tsx'
import { createInvitation, type Invitation, InvitationLink } from '../access/invite-user.tsx'
import { PoliciesPanel } from '../access/policies-panel.tsx'
import { displayName, Status } from '../access/subjects.tsx'
import { UserDetails } from '../access/user-details.tsx'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { Page } from '../parts/page.tsx'
import { ErrorAlert, ErrorState, Loading } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, recordQuery } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { UserSignIn } from '../sessions/user-sign-in.tsx'
import { UserTokens } from '../tokens/user-tokens.tsx'

type Person = Found<typeof users>

const tabs = [
  { key: 'access', name: 'Access' },
  { key: 'tokens', name: 'Tokens' },
  { key: 'sign-in', name: 'Sign-in' },
  { key: 'activity', name: 'Activity' },
]

export function User() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(recordQuery(users, 'show', { path: { user: id }, include: ['teams'] }))
  if (data) return <Shown of={data} />
  return (
    <Page title="User" parent={{ to: `/${account.id}/iam/users`, label: 'Users' }}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: Person }) {
  const account = useAccount()
  const session = useSession()
  const denialReason = useDenialReason()
  const tab = useTab(tabs)
  const navigate = useNavigate()
  const save = useSave()
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const name = displayName(of)
  const isSelf = of.id === session.user.id
  const filters = { user: of.id }
  const list = `/${account.id}/iam/users`
  const self = (what: string) => (isSelf ? `You cannot ${what} yourself.` : null)
  const at = { account: account.id }

  const setStatus = async (status: 'Active' | 'Inactive') => {
    const write = async (given: typeof status) => {
      await call(users, 'update', { path: { user: of.id }, input: { status: given } })
      await invalidate(users, auditEvents)
    }
    await write(status)
    if (status === 'Active') showToast({ message: `Activated ${name}.` })
    else showToastWithUndo(`Deactivated ${name}. Their tokens and sessions are rejected.`, () => write('Active'))
  }
  const deactivate: Confirmation = {
    title: `Deactivate user “${name}”?`,
    submitLabel: 'Deactivate',
    children:
      'Requests with their tokens start failing immediately, until you activate the user again. Their sessions and sign-in links are deleted.',
    onConfirm: () => setStatus('Inactive'),
  }
  const removal: Confirmation = {
    title: `Remove user “${name}” from account “${account.name}”?`,
    submitLabel: 'Remove user',
    children:
      'Their access policies and team memberships in this account are deleted. They stay a member of other accounts.',
    onConfirm: async () => {
      await call(accounts, 'removeUser', { path: { account: account.id, user: of.id } })
      void navigate({ to: list, replace: true })
      showToast({ message: `Removed ${name} from the account.` })
      await invalidate(users, teams, accessPolicies, auditEvents)
    },
  }
  const userConfirmation: Confirmation = {
    title: `Confirm user “${name}”?`,
    submitLabel: 'Confirm user',
    children:
      'You take responsibility for who signs in as this user. They can then be granted permissions that the user who invited them does not have.',
    onConfirm: async () => {
      await call(accounts, 'confirmUser', { path: { account: account.id, user: of.id } })
      await invalidate(auditEvents)
      showToast({ message: `Confirmed ${name}.` })
    },
  }
  const invite = async () => setInvitation((await save.run(() => createInvitation(account.id, of.id))) ?? null)
  return (
    <Page
      title={name}
      parent={{ to: list, label: 'Users' }}
      badge={<Status of={of.status} />}
      actions={
        <>
          {of.status === 'Pending' && (
            <ActionButton
              leftSection={<LinkIcon />}
              onClick={() => void invite()}
              loading={save.busy}
              disabledReason={denialReason('users:create', at)}
            >
              Create invitation link
            </ActionButton>
          )}
          {of.status !== 'Pending' && (
            <ActionButton
              variant="default"
              onClick={() =>
                of.status === 'Active' ? setConfirmation(deactivate) : void save.run(() => setStatus('Active'))
              }
              disabledReason={self('deactivate') ?? denialReason('users:update', at)}
            >
              {of.status === 'Active' ? 'Deactivate' : 'Activate'}
            </ActionButton>
          )}
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(removal)}
            disabledReason={self('remove') ?? denialReason('users:delete', at)}
          >
            Remove from account
          </ActionButton>
        </>
      }
    >
      <ErrorAlert text={save.otherErrors()} />
      <UserDetails of={of} disabledReason={denialReason('users:update', at)} />
      <Tabs label={name} of={tabs} />
      {tab === 'access' && (
        <>
          <PoliciesPanel
            subject={{ userId: of.id }}
            filters={filters}
            empty="This user has only the access of their teams."
            credentialsConfirmation={
              of.status === 'Active'
                ? {
                    confirmation: userConfirmation,
                    disabledReason: self('confirm') ?? denialReason('users:update', at),
                  }
                : undefined
            }
          />
          <EffectivePermissions filters={filters} teamIds={of.teams ?? []} />
        </>
      )}
      {tab === 'tokens' && (
        <UserTokens
          email={of.email ?? ''}
          name={name}
          disabledReason={isSelf ? null : denialReason('access-tokens:delete', at)}
        />
      )}
      {tab === 'sign-in' && <UserSignIn of={of} />}
      {tab === 'activity' && <ActivityPanel of={of.id} actorFilter="actorId" />}
      <InvitationLink of={invitation} onClose={() => setInvitation(null)} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}
