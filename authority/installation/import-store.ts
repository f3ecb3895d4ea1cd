/** Writes imported objects as rows, each type in its own few lines. */
import { permissionIds } from '@mintmark/contract'
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { addMembers } from '../database/shelf.ts'
import { builtInProviderId } from '../identity-providers/identity-provider-shelf.ts'
import { newSettings } from '../workspaces/workspace-settings.ts'
import { CannotPrepare } from './cannot-prepare.ts'
import type { Loaded } from './import-resources.ts'

interface Loading {
  ownerOf(account: string): string
  readonly accounts: readonly string[]
}

interface Row {
  readonly db: Db
  readonly vault: Vault
  readonly id: string
  readonly createdAt: string
  readonly loading: Loading
  text(name: string): string
  maybe(name: string): string | null
  flag(name: string): number
  ids(name: string): readonly string[]
  raw(name: string): unknown
}

export async function insertImported(
  db: Db,
  vault: Vault,
  world: World,
  { type, id, values }: Loaded,
  loading: Loading,
): Promise<void> {
  const raw = (name: string) => values[name]
  const row: Row = {
    db,
    vault,
    id,
    loading,
    createdAt: (raw('createdAt') as string | undefined) ?? world.now().toISOString(),
    text: (name) => (raw(name) as string | undefined) ?? '',
    maybe: (name) => (raw(name) as string | null | undefined) ?? null,
    flag: (name) => Number(raw(name) ?? false),
    ids: (name) => (raw(name) as string[] | undefined) ?? [],
    raw,
  }
  await writers[type]?.(row)
}

const writers: Record<string, (row: Row) => Promise<unknown>> = {
  'identity-providers': ({ db, id, createdAt, text, maybe }) =>
    db
      .insertInto('identityProviders')
      .values({
        id,
        accountId: maybe('accountId'),
        name: text('name'),
        idpType: text('idpType') || 'saml',
        verificationStatus: text('verificationStatus') || 'success',
        createdAt,
      })
      .execute(),
  users: async ({ db, id, createdAt, text, maybe, ids }) => {
    const email = text('email')
    const status = text('status') || 'Active'
    await db
      .insertInto('users')
      .values({
        id,
        email,
        username: text('username') || email,
        fullName: maybe('fullName'),
        status,
        passwordHash: null,
        changePasswordOnSignIn: 0,
        homeAccountId: null,
        createdAt,
        lastLoginAt: maybe('lastLoginAt'),
      })
      .execute()
    await addMembers(db, 'user_identity_providers', ['user_id', id], 'identity_provider_id', ids('identityProviders'))
  },
  accounts: ({ db, id, createdAt, text, maybe, flag, ids, loading }) =>
    db
      .insertInto('accounts')
      .values({
        id,
        name: text('name') || id,
        ownerId: loading.ownerOf(id),
        identityProviderId: maybe('identityProviderId') ?? builtInProviderId,
        allowedIps: JSON.stringify(ids('allowedIps')),
        supportAccessEnabled: flag('supportAccessEnabled'),
        createdAt,
        lastLoginAttemptAt: null,
        loginAttempts: null,
      })
      .execute(),
  teams: async ({ db, id, createdAt, text, maybe, ids }) => {
    await db
      .insertInto('teams')
      .values({
        id,
        accountId: text('accountId'),
        identityProviderId: maybe('identityProviderId') ?? builtInProviderId,
        name: text('name'),
        description: maybe('description'),
        createdAt,
      })
      .execute()
    await addMembers(db, 'team_users', ['team_id', id], 'user_id', ids('users'))
  },
  roles: async ({ db, id, createdAt, text, maybe, ids }) => {
    const unknown = ids('permissions').find((permission) => !permissionIds.has(permission))
    if (unknown !== undefined)
      throw new CannotPrepare(
        `--from: roles ${id}: relationship permissions names ${unknown}, which is not in the catalogue`,
      )
    await db
      .insertInto('roles')
      .values({
        id,
        accountId: text('accountId'),
        name: text('name'),
        description: maybe('description'),
        isSystem: 0,
        createdAt,
      })
      .execute()
    await addMembers(db, 'role_permissions', ['role_id', id], 'permission', ids('permissions'))
  },
  tags: ({ db, id, createdAt, text }) =>
    db
      .insertInto('tags')
      .values({ id, accountId: text('accountId'), name: text('name'), createdAt })
      .execute(),
  'provider-configurations': ({ db, id, createdAt, text }) =>
    db
      .insertInto('providerConfigurations')
      .values({ id, accountId: text('accountId'), name: text('name'), providerName: text('providerName'), createdAt })
      .execute(),
  environments: async ({ db, id, createdAt, text, maybe, flag, ids, raw }) => {
    const settings = {
      remoteBackend: raw('remoteBackend'),
      remoteBackendOverridable: raw('remoteBackendOverridable'),
      maskSensitiveOutput: raw('maskSensitiveOutput'),
    }
    const unlocked = { lockedAt: null, lockReason: null, lockedById: null }
    await db
      .insertInto('environments')
      .values({
        id,
        accountId: text('accountId'),
        name: text('name'),
        status: 'Active',
        isFederatedToAccount: flag('isFederatedToAccount'),
        defaultWorkspaceAgentPoolId: maybe('defaultWorkspaceAgentPoolId'),
        settings: JSON.stringify(settings),
        ...unlocked,
        createdAt,
        createdById: maybe('createdById'),
        createdByEmail: maybe('createdByEmail'),
        updatedAt: null,
        updatedById: null,
      })
      .execute()
    await addMembers(db, 'environment_tags', ['environment_id', id], 'tag_id', ids('tags'))
    await addMembers(
      db,
      'environment_provider_configurations',
      ['environment_id', id],
      'provider_configuration_id',
      ids('defaultProviderConfigurations'),
    )
  },
  'agent-pools': async ({ db, id, createdAt, text, maybe, flag, ids }) => {
    await db
      .insertInto('agentPools')
      .values({
        id,
        accountId: text('accountId'),
        environmentId: maybe('environmentId'),
        name: text('name'),
        vcsEnabled: flag('vcsEnabled'),
        isDefault: flag('default'),
        isShared: flag('isShared'),
        webhookEnabled: flag('webhookEnabled'),
        webhookUrl: maybe('webhookUrl'),
        webhookHeaders: null,
        webhookSecrets: null,
        createdAt,
      })
      .execute()
    await addMembers(db, 'agent_pool_environments', ['agent_pool_id', id], 'environment_id', ids('environments'))
  },
  workspaces: async ({ db, id, createdAt, text, maybe, ids, raw }) => {
    const wish = Object.fromEntries(
      Object.keys(newSettings({}, true))
        .map((name) => [name, raw(name)])
        .filter(([, value]) => value !== undefined),
    )
    const environmentId = text('environmentId')
    const { accountId } = await db
      .selectFrom('environments')
      .select('accountId')
      .where('id', '=', environmentId)
      .executeTakeFirstOrThrow()
    const unlocked = { lockedAt: null, lockReason: null, lockedById: null }
    const unchanged = { updatedAt: null, updatedById: null, updatedByEmail: null }
    await db
      .insertInto('workspaces')
      .values({
        id,
        accountId,
        environmentId,
        name: text('name'),
        agentPoolId: maybe('agentPoolId'),
        settings: JSON.stringify({ ...defaults(raw), ...newSettings(wish, true) }),
        applySchedule: null,
        destroySchedule: null,
        ...unlocked,
        createdAt,
        createdById: maybe('createdById'),
        ...unchanged,
      })
      .execute()
    await addMembers(db, 'workspace_tags', ['workspace_id', id], 'tag_id', ids('tags'))
  },
  'service-accounts': async ({ db, id, createdAt, text, maybe, ids }) => {
    const email = text('email') || `${text('name').toLowerCase()}@mintmark.internal`
    await db
      .insertInto('serviceAccounts')
      .values({
        id,
        accountId: text('accountId'),
        name: text('name'),
        description: maybe('description'),
        email,
        status: text('status') || 'Active',
        createdById: maybe('createdById'),
        createdAt,
      })
      .execute()
    await addMembers(db, 'service_account_owners', ['service_account_id', id], 'team_id', ids('owners'))
  },
  'access-policies': async ({ db, id, createdAt, maybe, ids }) => {
    const workspaceId = maybe('workspaceId')
    const workspace = workspaceId
      ? await db
          .selectFrom('workspaces')
          .select(['accountId', 'environmentId'])
          .where('id', '=', workspaceId)
          .executeTakeFirst()
      : undefined
    const environmentId = workspace?.environmentId ?? maybe('environmentId')
    const environment = environmentId
      ? await db.selectFrom('environments').select('accountId').where('id', '=', environmentId).executeTakeFirst()
      : undefined
    const accountId = workspace?.accountId ?? environment?.accountId ?? maybe('accountId')
    const subjects = ['userId', 'teamId', 'serviceAccountId'].filter((name) => maybe(name))
    if (!accountId || subjects.length !== 1)
      throw new CannotPrepare(`--from: access-policies ${id}: expected one scope and one subject`)
    await db
      .insertInto('accessPolicies')
      .values({
        id,
        accountId,
        environmentId,
        workspaceId,
        userId: maybe('userId'),
        teamId: maybe('teamId'),
        serviceAccountId: maybe('serviceAccountId'),
        isSystem: 0,
        createdAt,
      })
      .execute()
    await addMembers(db, 'access_policy_roles', ['access_policy_id', id], 'role_id', ids('roles'))
  },
  vars: async ({ db, vault, id, createdAt, text, maybe, flag, raw }) => {
    const workspaceId = maybe('workspaceId')
    const workspace = workspaceId
      ? await db
          .selectFrom('workspaces')
          .select(['accountId', 'environmentId'])
          .where('id', '=', workspaceId)
          .executeTakeFirst()
      : undefined
    const accountId = workspace?.accountId ?? text('accountId')
    const sensitive = raw('sensitive') === true
    const sealed = sensitive ? await vault.seal(db, accountId, `variables/${id}/sealed`, text('value')) : null
    await db
      .insertInto('variables')
      .values({
        id,
        accountId,
        environmentId: workspace?.environmentId ?? maybe('environmentId'),
        workspaceId,
        key: text('key'),
        category: text('category'),
        value: sensitive ? null : text('value'),
        sealed,
        hcl: flag('hcl'),
        sensitive: Number(sensitive),
        final: flag('final'),
        description: maybe('description'),
        createdAt,
        updatedAt: null,
        updatedById: null,
        updatedByEmail: null,
      })
      .execute()
  },
  'workload-identity-providers': ({ db, id, createdAt, text, ids, maybe }) =>
    db
      .insertInto('workloadIdentityProviders')
      .values({
        id,
        accountId: text('accountId'),
        name: text('name'),
        url: text('url'),
        allowedAudiences: JSON.stringify(ids('allowedAudiences')),
        status: 'pending',
        createdAt,
        createdByEmail: maybe('createdByEmail'),
      })
      .execute(),
  'assume-service-account-policies': async ({ db, id, createdAt, text, raw, maybe }) => {
    const serviceAccountId = text('serviceAccountId')
    const { accountId } = await db
      .selectFrom('serviceAccounts')
      .select('accountId')
      .where('id', '=', serviceAccountId)
      .executeTakeFirstOrThrow()
    await db
      .insertInto('assumePolicies')
      .values({
        id,
        accountId,
        serviceAccountId,
        providerId: text('providerId'),
        name: text('name'),
        claimConditions: JSON.stringify(raw('claimConditions')),
        maximumSessionDuration: Number(raw('maximumSessionDuration') ?? 3_600),
        createdAt,
        createdByEmail: maybe('createdByEmail'),
      })
      .execute()
  },
}

/** What a workspace has when its document is silent. */
const defaults = (raw: Row['raw']) => ({ deletionProtectionEnabled: raw('deletionProtectionEnabled') ?? true })
