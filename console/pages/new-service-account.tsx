/** Creates a service account with an access policy and a first token. If a step fails, completed steps are kept. */

import { Alert, Stack, Switch, Text, TextInput } from '@mantine/core'
import { accessPolicies, accessTokens, auditEvents, limits, serviceAccounts } from '@mintmark/contract'
import { CheckIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { createPolicy, scopePointers } from '../access/policies.ts'
import { RoleSelect } from '../access/role-select.tsx'
import { type Scope, ScopeChoice } from '../access/scope.tsx'
import { TeamSelect } from '../access/team-select.tsx'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { CreatedToken } from '../tokens/create-token.tsx'
import { defaultExpiry, ExpiryChoice, expiryMinutes } from '../tokens/expiry-choice.tsx'
import { useMaxLifetime } from '../tokens/max-lifetime.ts'
import type { Token } from '../tokens/token-text.tsx'

/** Most names are part of the email address unchanged. */
const describeName = (name: string): string =>
  /^[a-z0-9._-]*$/i.test(name.trim())
    ? 'Used in its email address. Example: deploy-payments.'
    : 'In its email address, spaces and special characters become hyphens.'

/** The completed steps, so that a retry does not repeat them. */
type Progress =
  | { readonly is: 'nothing' }
  | { readonly is: 'account'; readonly id: string }
  | { readonly is: 'policy'; readonly id: string }
  | { readonly is: 'token'; readonly id: string; readonly token: Token }

export function NewServiceAccount() {
  const account = useAccount()
  const navigate = useNavigate()
  const max = useMaxLifetime('service account')
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [owners, setOwners] = useState<readonly string[]>([])
  const [scope, setScope] = useState<Scope>({ kind: 'account', id: account.id })
  const [roles, setRoles] = useState<readonly string[]>([])
  const [wantsToken, setWantsToken] = useState(true)
  const [tokenName, setTokenName] = useState('')
  const [chosen, setExpiry] = useState<ReturnType<typeof defaultExpiry> | null>(null)
  const [progress, setProgress] = useState<Progress>({ is: 'nothing' })
  const save = useSave()
  const expiry = chosen ?? defaultExpiry(max)
  const expiresIn = expiryMinutes(expiry)
  const list = `/${account.id}/iam/service-accounts`
  const isReady =
    name.trim() !== '' && roles.length > 0 && scope.id !== null && (!wantsToken || expiresIn !== undefined)

  const create = async () => {
    let done = progress
    const step = (next: Progress) => {
      done = next
      setProgress(next)
    }
    if (done.is === 'nothing') {
      const input = {
        name: name.trim(),
        description: description.trim() || null,
        owners: [...owners],
        accountId: account.id,
      }
      step({ is: 'account', id: (await call(serviceAccounts, 'create', { input })).id })
    }
    if (done.is === 'account') {
      await createPolicy({ serviceAccountId: done.id }, scope, roles)
      step({ is: 'policy', id: done.id })
    }
    if (done.is === 'policy' && wantsToken) {
      const input = { name: tokenName.trim() || name.trim(), expiresIn: expiresIn ?? null }
      const token = await call(accessTokens, 'createForServiceAccount', {
        path: { serviceAccount: done.id },
        input,
      })
      step({ is: 'token', id: done.id, token })
    }
    return done
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const done = await save.run(create)
    void invalidate(serviceAccounts, accessPolicies, accessTokens, auditEvents)
    if (done?.is === 'policy') leave(done.id)
  }
  const leave = (id: string) => void navigate({ to: `${list}/${id}`, replace: true })
  const isUnfinished = progress.is === 'account' || progress.is === 'policy'

  return (
    <Page
      title="Create service account"
      parent={{ to: list, label: 'Service accounts' }}
      about="Grant only the access it needs. You can change everything except the name later."
    >
      <form onSubmit={submit}>
        <Stack gap={20} maw={720}>
          <Panel title="Details">
            <Stack gap={14}>
              <TextInput
                label="Name"
                description={describeName(name)}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={save.errorAt('/data/attributes/name', '/data/attributes/email')}
                maxLength={limits.nameCharacters}
                required
                withAsterisk={false}
                autoComplete="off"
                disabled={isUnfinished}
              />
              <DescriptionField
                value={description}
                onChange={setDescription}
                save={save}
                description="Optional. What it is used for, and what breaks when it is deleted."
                maxRows={6}
                disabled={isUnfinished}
              />
              <TeamSelect
                label="Owners"
                description="The teams responsible for this service account."
                value={owners}
                onChange={setOwners}
                error={save.errorAt('/data/relationships/owners')}
                disabled={isUnfinished}
              />
            </Stack>
          </Panel>
          <Panel title="Access policy">
            <Stack gap={14}>
              <ScopeChoice value={scope} onChange={setScope} error={save.errorAt(...scopePointers)} />
              <RoleSelect value={roles} onChange={setRoles} error={save.errorAt('/data/relationships/roles')} />
            </Stack>
          </Panel>
          <Panel title="First token">
            <Stack gap={14}>
              <Switch
                label="Create a token now"
                description="The token is shown once. You can create more tokens at any time."
                checked={wantsToken}
                onChange={(event) => setWantsToken(event.currentTarget.checked)}
              />
              {wantsToken && (
                <>
                  <TextInput
                    label="Token name"
                    placeholder={name.trim() || 'Same as the service account'}
                    value={tokenName}
                    onChange={(event) => setTokenName(event.currentTarget.value)}
                    maxLength={limits.nameCharacters}
                    autoComplete="off"
                  />
                  <ExpiryChoice
                    value={expiry}
                    onChange={setExpiry}
                    max={max}
                    error={save.errorAt('/data/attributes/expires-in')}
                  />
                </>
              )}
            </Stack>
          </Panel>
          {isUnfinished && save.saveState.state === 'failed' && (
            <Alert color="gray" variant="light" icon={<CheckIcon />}>
              The service account {progress.is === 'policy' ? 'and its access policy were' : 'was'} created. Try again
              to complete the remaining steps.
            </Alert>
          )}
          <FormActions
            isPage
            save={save}
            submitLabel={
              isUnfinished ? 'Try again' : wantsToken ? 'Create service account and token' : 'Create service account'
            }
            disabled={!isReady}
            cancelLabel={isUnfinished ? 'Finish later' : 'Cancel'}
            onCancel={() => (progress.is === 'nothing' ? void navigate({ to: list }) : leave(progress.id))}
          />
          {roles.length === 0 && (
            <Text size="sm" c="dimmed">
              Select at least one role. Without a role, the service account has no permissions.
            </Text>
          )}
        </Stack>
      </form>
      {progress.is === 'token' && <CreatedToken token={progress.token} onClose={() => leave(progress.id)} />}
    </Page>
  )
}
