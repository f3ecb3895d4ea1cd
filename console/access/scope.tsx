/** Scopes: the account, an environment or a workspace. */

import { SegmentedControl, Stack, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { type accessPolicies, environments, workspaces } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { ContainerIcon, OrganizationIcon, StackIcon } from '@primer/octicons-react'
import { RecordSelect } from '../parts/record-select.tsx'
import { useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'

export type ScopeKind = 'account' | 'environment' | 'workspace'

export interface Scope {
  readonly kind: ScopeKind
  /** Null until one is selected. */
  readonly id: string | null
}

export type Policy = Found<typeof accessPolicies>

/** The records whose names a policy shows. */
export const policyRelations = ['user', 'team', 'serviceAccount', 'roles', 'environment', 'workspace.environment']

export function scopeOf(policy: Policy): Scope {
  if (policy.workspaceId) return { kind: 'workspace', id: policy.workspaceId }
  if (policy.environmentId) return { kind: 'environment', id: policy.environmentId }
  return { kind: 'account', id: policy.accountId ?? null }
}

/** The scope path for a permission check. A workspace requires its environment. */
export const scopePathOf = (account: string, scope: Scope, environment?: string | null): ScopePath => ({
  account,
  environment: scope.kind === 'environment' ? scope.id : (environment ?? null),
  workspace: scope.kind === 'workspace' ? scope.id : null,
})

const kinds = [
  { value: 'account', label: 'Account' },
  { value: 'environment', label: 'Environment' },
  { value: 'workspace', label: 'Workspace' },
]

export function ScopeChoice({
  value,
  onChange,
  error,
}: {
  value: Scope
  onChange: (scope: Scope) => void
  error?: string | undefined
}) {
  const account = useAccount()
  const change = (kind: string) => onChange({ kind: kind as ScopeKind, id: kind === 'account' ? account.id : null })
  const choose = (id: string | null) => onChange({ ...value, id })
  return (
    <Stack gap={8}>
      <Stack gap={4}>
        <Text size="sm" fw={600} id="scope-label">
          Scope
        </Text>
        <SegmentedControl
          aria-labelledby="scope-label"
          data={kinds}
          value={value.kind}
          onChange={change}
          size="sm"
          style={{ alignSelf: 'flex-start' }}
        />
        <Text size="sm" c="dimmed">
          {about[value.kind]}
        </Text>
      </Stack>
      {value.kind === 'environment' && (
        <RecordSelect
          of={environments}
          label="Environment"
          filters={{ account: account.id }}
          nameOf={({ name }) => name ?? ''}
          value={value.id}
          onChange={choose}
          required
          error={error}
        />
      )}
      {value.kind === 'workspace' && <WorkspaceSelect value={value.id} onChange={choose} error={error} />}
      {value.kind === 'account' && error && (
        <Text size="sm" c="red">
          {error}
        </Text>
      )}
    </Stack>
  )
}

const about = {
  account: 'Everything in the account, including future resources.',
  environment: 'One environment and all of its workspaces.',
  workspace: 'One workspace.',
}

function WorkspaceSelect({
  value,
  onChange,
  error,
}: {
  value: string | null
  onChange: (id: string | null) => void
  error?: string | undefined
}) {
  const account = useAccount()
  return (
    <RecordSelect
      of={workspaces}
      within={{ of: environments, idOf: ({ environmentId }) => environmentId }}
      label="Workspace"
      filters={{ account: account.id }}
      nameOf={({ name }) => name ?? ''}
      value={value}
      onChange={onChange}
      required
      error={error}
    />
  )
}

const icons = { account: OrganizationIcon, environment: ContainerIcon, workspace: StackIcon }

/** The name of a scope. */
export function ScopeName({ of }: { of: Scope }) {
  const account = useAccount()
  const workspace = useRecordsById(workspaces, of.kind === 'workspace' ? [of.id] : []).get(of.id ?? '')
  const environmentId = of.kind === 'environment' ? of.id : workspace?.environmentId
  const environment = useRecordsById(environments, [environmentId]).get(environmentId ?? '')?.name
  const name = {
    account: `Account ${account.name}`,
    environment: environment ?? of.id,
    workspace: workspace ? [environment, workspace.name].filter(Boolean).join(' / ') : of.id,
  }[of.kind]
  const Icon = icons[of.kind]
  return (
    <span style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
      <span className="quiet">
        <Icon size={14} aria-label={of.kind} />
      </span>
      {name}
    </span>
  )
}
