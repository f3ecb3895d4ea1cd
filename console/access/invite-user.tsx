/** Invites a user and shows the invitation link once. */

import { Modal, Stack, Text, TextInput } from '@mantine/core'
import { accessPolicies, accounts, auditEvents, teams, users } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { formatDateTime } from '../parts/time.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { type AuthResponse, call, callAuth } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { RoleSelect } from './role-select.tsx'
import { TeamSelect } from './team-select.tsx'

export type Invitation = AuthResponse<'POST /auth/invitations'>

export const createInvitation = (account: string, user: string) =>
  callAuth('POST /auth/invitations', { body: { account, user } })

export function InviteUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  const close = () => {
    setInvitation(null)
    onClose()
  }
  if (invitation) return <InvitationLink of={invitation} onClose={close} />
  return (
    <Modal opened={opened} onClose={onClose} title="Invite user" centered>
      <InviteForm onClose={onClose} onInvited={setInvitation} />
    </Modal>
  )
}

interface InvitationLink {
  readonly of: Invitation | null
  readonly title?: string
  readonly onClose: () => void
}

export function InvitationLink({ of, title = 'Invitation link', onClose }: InvitationLink) {
  return (
    <OneTimeSecret
      title={title}
      name={title.toLowerCase()}
      kind="link"
      secret={of?.link ?? null}
      onClose={onClose}
      about={
        of && (
          <Text>
            {of.mailed ? (
              <>
                We emailed it to <b className="break">{of.email}</b>. You can also share the link yourself.
              </>
            ) : (
              <>
                Share this link with <b className="break">{of.email}</b> only.
              </>
            )}{' '}
            It expires on {formatDateTime(of['expires-at'])}.
          </Text>
        )
      }
    />
  )
}

function InviteForm({ onClose, onInvited }: { onClose: () => void; onInvited: (invitation: Invitation) => void }) {
  const account = useAccount()
  const [email, setEmail] = useState('')
  const [inTeams, setTeams] = useState<readonly string[]>([])
  const [roles, setRoles] = useState<readonly string[]>([])
  const [userId, setUserId] = useState<string | null>(null)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const invitation = await save.run(async () => {
      // A retry after a failed link does not add the user twice.
      const id = userId ?? (await add())
      setUserId(id)
      return createInvitation(account.id, id)
    })
    void invalidate(users, teams, accessPolicies, auditEvents)
    if (invitation) onInvited(invitation)
  }
  const add = async () => {
    const input = { email: email.trim(), teams: [...inTeams], roles: [...roles] }
    const member = await call(accounts, 'invite', { path: { account: account.id }, input })
    return (member as { userId?: string }).userId ?? ''
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Email"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/email')}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
          disabled={userId !== null}
        />
        <TeamSelect
          description="Members get the access of their teams."
          value={inTeams}
          onChange={setTeams}
          error={save.errorAt('/data/relationships/teams')}
        />
        <RoleSelect
          value={roles}
          onChange={setRoles}
          error={save.errorAt('/data/relationships/roles')}
          label="Account-wide roles"
          description="Optional. You can grant access to single environments later on the page of the user."
          placeholder="No role"
        />
        <FormActions save={save} submitLabel="Invite user" disabled={email.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
