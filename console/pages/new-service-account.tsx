/** One form: who it is, what it may do where, and its first token. What was made stays made when a later step fails. */

import { Alert, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { accessPolicies, accessTokens, auditEvents, limits, serviceAccounts } from '@mintmark/contract'
import { CheckIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { createPolicy, scopePlaces } from '../access/policies.ts'
import { RoleSelect } from '../access/role-select.tsx'
import { type Scope, ScopeChoice } from '../access/scope.tsx'
import { TeamSelect } from '../access/team-select.tsx'
import { FormEnd } from '../parts/form-end.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { ExpiryChoice, firstExpiry, minutesOf } from '../tokens/expiry-choice.tsx'
import { Minted } from '../tokens/generate-token.tsx'
import { useLongestLife } from '../tokens/longest-life.ts'
import type { Token } from '../tokens/token-text.tsx'

/** How far it has come: what was made is not made twice when the person tries again. */
type Made =
  | { readonly is: 'nothing' }
  | { readonly is: 'account'; readonly id: string }
  | { readonly is: 'policy'; readonly id: string }
  | { readonly is: 'token'; readonly id: string; readonly token: Token }

export function NewServiceAccount() {
  const account = useAccount()
  const navigate = useNavigate()
  const most = useLongestLife('service account')
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [owners, setOwners] = useState<readonly string[]>([])
  const [scope, setScope] = useState<Scope>({ kind: 'account', id: account.id })
  const [roles, setRoles] = useState<readonly string[]>([])
  const [wantsToken, setWantsToken] = useState(true)
  const [tokenName, setTokenName] = useState('')
  const [chosen, setExpiry] = useState<ReturnType<typeof firstExpiry> | null>(null)
  const [made, setMade] = useState<Made>({ is: 'nothing' })
  const save = useSave()
  const expiry = chosen ?? firstExpiry(most)
  const expiresIn = minutesOf(expiry)
  const list = `/${account.id}/iam/service-accounts`
  const isReady =
    name.trim() !== '' && roles.length > 0 && scope.id !== null && (!wantsToken || expiresIn !== undefined)

  const create = async () => {
    let done = made
    const step = (next: Made) => {
      done = next
      setMade(next)
    }
    if (done.is === 'nothing') {
      const wish = {
        name: name.trim(),
        description: description.trim() || null,
        owners: [...owners],
        accountId: account.id,
      }
      step({ is: 'account', id: (await call(serviceAccounts, 'create', { wish })).id })
    }
    if (done.is === 'account') {
      await createPolicy({ serviceAccountId: done.id }, scope, roles)
      step({ is: 'policy', id: done.id })
    }
    if (done.is === 'policy' && wantsToken) {
      const wish = { name: tokenName.trim() || name.trim(), expiresIn: expiresIn ?? null }
      const token = await call(accessTokens, 'createForServiceAccount', { path: { serviceAccount: done.id }, wish })
      step({ is: 'token', id: done.id, token })
    }
    return done
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const done = await save.run(create)
    void refresh(serviceAccounts, accessPolicies, accessTokens, auditEvents)
    if (done?.is === 'policy') leave(done.id)
  }
  const leave = (id: string) => void navigate({ to: `${list}/${id}`, replace: true })
  const isMade = made.is !== 'nothing'

  return (
    <Page
      title="Create service account"
      back={{ to: list, label: 'Service accounts' }}
      about="Give it only what its job needs. You can change all of this later, except its name."
    >
      <form onSubmit={submit}>
        <Stack gap={20} maw={720}>
          <Panel title="Details">
            <Stack gap={14}>
              <TextInput
                label="Name"
                description="Part of its e-mail address, for instance deploy-payments."
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={save.at('/data/attributes/name', '/data/attributes/email')}
                maxLength={limits.nameCharacters}
                required
                withAsterisk={false}
                autoComplete="off"
                disabled={isMade}
              />
              <Textarea
                label="Description"
                description="Optional. What it is for, and what breaks when it stops."
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
                error={save.at('/data/attributes/description')}
                maxLength={1024}
                autosize
                minRows={1}
                maxRows={6}
                disabled={isMade}
              />
              <TeamSelect
                label="Owners"
                description="The teams that answer for it."
                value={owners}
                onChange={setOwners}
                error={save.at('/data/relationships/owners')}
                disabled={isMade}
              />
            </Stack>
          </Panel>
          <Panel title="Access policy">
            <Stack gap={14}>
              <ScopeChoice value={scope} onChange={setScope} error={save.at(...scopePlaces)} />
              <RoleSelect value={roles} onChange={setRoles} error={save.at('/data/relationships/roles')} />
            </Stack>
          </Panel>
          <Panel title="First token">
            <Stack gap={14}>
              <Switch
                label="Generate a token now"
                description="It is shown once. More can be generated at any time."
                checked={wantsToken}
                onChange={(event) => setWantsToken(event.currentTarget.checked)}
              />
              {wantsToken && (
                <>
                  <TextInput
                    label="Token name"
                    placeholder={name.trim() || 'As the service account'}
                    value={tokenName}
                    onChange={(event) => setTokenName(event.currentTarget.value)}
                    maxLength={limits.nameCharacters}
                    autoComplete="off"
                  />
                  <ExpiryChoice
                    value={expiry}
                    onChange={setExpiry}
                    most={most}
                    error={save.at('/data/attributes/expires-in')}
                  />
                </>
              )}
            </Stack>
          </Panel>
          {isMade && made.is !== 'token' && save.saving.state === 'failed' && (
            <Alert color="gray" variant="light" icon={<CheckIcon />}>
              The service account {made.is === 'policy' ? 'and its access policy exist' : 'exists'} already. Trying
              again goes on from there.
            </Alert>
          )}
          <FormEnd
            isPage
            save={save}
            deed={isMade ? 'Try again' : wantsToken ? 'Create and generate token' : 'Create service account'}
            disabled={!isReady}
            cancel={isMade ? 'Leave it as it is' : 'Cancel'}
            onCancel={() => (made.is === 'nothing' ? void navigate({ to: list }) : leave(made.id))}
          />
          {roles.length === 0 && (
            <Text size="sm" c="dimmed">
              A service account needs at least one role: without one it can do nothing.
            </Text>
          )}
        </Stack>
      </form>
      {made.is === 'token' && <Minted token={made.token} onClose={() => leave(made.id)} />}
    </Page>
  )
}
