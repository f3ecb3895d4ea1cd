/** Adds a person to the account and shows the link with which they come in, this once. */

import { Modal, Stack, Text, TextInput } from '@mantine/core'
import { accessPolicies, accounts, auditEvents, teams, users } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { useSave } from '../parts/saving.ts'
import { exactly } from '../parts/time.tsx'
import { refresh } from '../queries.ts'
import { auth, call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { RoleSelect } from './role-select.tsx'
import { TeamSelect } from './team-select.tsx'

export interface Invitation {
  readonly link: string
  readonly 'expires-at': string
  readonly email: string
  readonly mailed: boolean
}

export const inviteAgain = (account: string, user: string) => auth<Invitation>('POST', 'invitations', { account, user })

export function InvitePerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  const close = () => {
    setInvitation(null)
    onClose()
  }
  if (invitation) return <InvitationLink of={invitation} onClose={close} />
  return (
    <Modal opened={opened} onClose={onClose} title="Invite a person" centered>
      <Wish onClose={onClose} onInvited={setInvitation} />
    </Modal>
  )
}

export function InvitationLink({ of, onClose }: { of: Invitation | null; onClose: () => void }) {
  return (
    <OneTimeSecret
      title="The invitation"
      name="invitation link"
      kind="link"
      secret={of?.link ?? null}
      onClose={onClose}
      about={
        of && (
          <Text>
            {of.mailed ? (
              <>
                It was sent to <b className="break">{of.email}</b>; you can also hand it on yourself.
              </>
            ) : (
              <>
                Send this link to <b className="break">{of.email}</b>, and to nobody else.
              </>
            )}{' '}
            It works until {exactly(of['expires-at'])}.
          </Text>
        )
      }
    />
  )
}

function Wish({ onClose, onInvited }: { onClose: () => void; onInvited: (invitation: Invitation) => void }) {
  const account = useAccount()
  const [email, setEmail] = useState('')
  const [inTeams, setTeams] = useState<readonly string[]>([])
  const [roles, setRoles] = useState<readonly string[]>([])
  const [userId, setUserId] = useState<string | null>(null)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const invitation = await save.run(async () => {
      // Who was added already is not added twice when the link could not be made.
      const id = userId ?? (await add())
      setUserId(id)
      return inviteAgain(account.id, id)
    })
    void refresh(users, teams, accessPolicies, auditEvents)
    if (invitation) onInvited(invitation)
  }
  const add = async () => {
    const wish = { email: email.trim(), teams: [...inTeams], roles: [...roles] }
    const member = await call(accounts, 'invite', { path: { account: account.id }, wish })
    return (member as { userId?: string }).userId ?? ''
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="E-mail"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={save.at('/data/attributes/email')}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
          disabled={userId !== null}
        />
        <TeamSelect
          description="They share the access of their teams."
          value={inTeams}
          onChange={setTeams}
          error={save.at('/data/relationships/teams')}
        />
        <RoleSelect
          value={roles}
          onChange={setRoles}
          error={save.at('/data/relationships/roles')}
          label="Roles on the whole account"
          description="Optional. Access to single environments can be given on their page."
          placeholder="No role"
        />
        <FormEnd save={save} deed="Invite" disabled={email.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
