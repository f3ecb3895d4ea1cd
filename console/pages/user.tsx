/** One person: what they may do where and why, and how to stop or remove them. */

import { Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { accessPolicies, accounts, auditEvents, teams, users } from '@mintmark/contract'
import { LinkIcon, PeopleIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { EffectivePermissions } from '../access/effective-permissions.tsx'
import { type Invitation, InvitationLink, inviteAgain } from '../access/invite-person.tsx'
import { nameOfPerson, Status, TeamNames } from '../access/people.tsx'
import { PoliciesPanel } from '../access/policies-panel.tsx'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { Failed, Loading, Refusal } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { saveWithUndo, showToastWithUndo } from '../parts/undo.tsx'
import { oneOf, refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { TokensOfPerson } from '../tokens/tokens-of-person.tsx'

const TeamsForm = fetched(async () => (await import('../access/teams-form.tsx')).TeamsForm)

type Person = Found<typeof users>

const tabs = [
  { key: 'access', name: 'Access' },
  { key: 'tokens', name: 'Tokens' },
  { key: 'activity', name: 'Activity' },
]

export function User() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(oneOf(users, 'show', { path: { user: id } }))
  if (data) return <Shown of={data} />
  return (
    <Page title="User" back={{ to: `/${account.id}/iam/users`, label: 'Users' }}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: Person }) {
  const account = useAccount()
  const session = useSession()
  const whyNot = useWhyNot()
  const tab = useTab(tabs)
  const navigate = useNavigate()
  const save = useSave()
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const [isChoosing, choosing] = useDisclosure(false)
  const name = nameOfPerson(of)
  const isSelf = of.id === session.user.id
  const filters = { user: of.id }
  const list = `/${account.id}/iam/users`
  const self = (what: string) => (isSelf ? `You cannot ${what} yourself.` : null)
  const at = { account: account.id }

  const setStatus = async (status: 'Active' | 'Inactive') => {
    const write = async (given: typeof status) => {
      await call(users, 'update', { path: { user: of.id }, wish: { status: given } })
      await refresh(users, auditEvents)
    }
    await write(status)
    if (status === 'Active') showToast({ message: `${name} is active again.` })
    else showToastWithUndo(`${name} is inactive; tokens and sessions are refused.`, () => write('Active'))
  }
  const deactivate: Confirmation = {
    title: `Deactivate ${name}?`,
    deed: 'Deactivate',
    children:
      'Requests with their tokens start failing immediately, until you activate the person again. Their sessions and sign-in links end for good.',
    run: () => setStatus('Inactive'),
  }
  const removal: Confirmation = {
    title: `Remove ${name} from ${account.name}?`,
    deed: 'Remove',
    children: 'Access policies and team memberships in this account go with it. The person stays in other accounts.',
    run: async () => {
      await call(accounts, 'removeUser', { path: { account: account.id, user: of.id } })
      void navigate({ to: list, replace: true })
      showToast({ message: `Removed ${name} from the account.` })
      await refresh(users, teams, accessPolicies, auditEvents)
    },
  }
  const vouching: Confirmation = {
    title: `Confirm ${name}?`,
    deed: 'Confirm person',
    children:
      'You take responsibility for who signs in as this person. Then they can be granted rights that whoever let them in does not hold.',
    run: async () => {
      await call(accounts, 'confirmUser', { path: { account: account.id, user: of.id } })
      await refresh(auditEvents)
      showToast({ message: `Confirmed ${name}.` })
    },
  }
  const setTeams = (chosen: readonly string[]) =>
    saveWithUndo({
      before: of.teams ?? [],
      wish: chosen,
      write: async (given) => {
        await call(users, 'update', { path: { user: of.id }, wish: { teams: [...given] } })
        await refresh(users, teams, auditEvents)
      },
      message: `Saved the teams of ${name}.`,
    })
  const invite = async () => setInvitation((await save.run(() => inviteAgain(account.id, of.id))) ?? null)
  return (
    <Page
      title={name}
      back={{ to: list, label: 'Users' }}
      badge={<Status of={of.status} />}
      acts={
        <>
          {of.status === 'Pending' && (
            <ActionButton
              leftSection={<LinkIcon />}
              onClick={() => void invite()}
              loading={save.busy}
              why={whyNot('users:create', at)}
            >
              New invitation link
            </ActionButton>
          )}
          {of.status !== 'Pending' && (
            <ActionButton
              variant="default"
              onClick={() =>
                of.status === 'Active' ? setConfirmation(deactivate) : void save.run(() => setStatus('Active'))
              }
              why={self('deactivate') ?? whyNot('users:update', at)}
            >
              {of.status === 'Active' ? 'Deactivate' : 'Activate'}
            </ActionButton>
          )}
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(removal)}
            why={self('remove') ?? whyNot('users:delete', at)}
          >
            Remove from account
          </ActionButton>
        </>
      }
    >
      <Refusal text={save.rest()} />
      <Panel
        title="Details"
        acts={
          <ActionButton
            variant="default"
            leftSection={<PeopleIcon />}
            onClick={choosing.open}
            why={whyNot('users:update', at)}
          >
            Change teams
          </ActionButton>
        }
      >
        <Facts
          of={[
            ['E-mail', of.email],
            ['Teams', <TeamNames key="teams" ids={of.teams ?? []} />],
            ['Added', <Time key="added" at={of.createdAt} />],
            ['Last sign-in', <Time key="last" at={of.lastLoginAt} />],
            [
              'Id',
              <span key="id" className="mono">
                {of.id}
              </span>,
            ],
          ]}
        />
      </Panel>
      <Tabs label={name} of={tabs} />
      {tab === 'access' && (
        <>
          <PoliciesPanel
            subject={{ userId: of.id }}
            filters={filters}
            empty="What this person may do comes from teams alone, if at all."
            vouching={
              of.status === 'Active'
                ? { confirmation: vouching, why: self('confirm') ?? whyNot('users:update', at) }
                : undefined
            }
          />
          <EffectivePermissions filters={filters} teamIds={of.teams ?? []} pronoun={isSelf ? 'you' : name} />
        </>
      )}
      {tab === 'tokens' && (
        <TokensOfPerson email={of.email ?? ''} name={name} why={isSelf ? null : whyNot('access-tokens:delete', at)} />
      )}
      {tab === 'activity' && <ActivityPanel of={of.id} doer={isSelf ? 'you' : 'them'} />}
      <Modal opened={isChoosing} onClose={choosing.close} title={`Teams of ${name}`} centered>
        <TeamsForm label="Teams" teams={of.teams ?? []} onSave={setTeams} onClose={choosing.close} />
      </Modal>
      <InvitationLink of={invitation} onClose={() => setInvitation(null)} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}
