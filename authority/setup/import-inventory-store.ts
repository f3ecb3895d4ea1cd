/** Writes imported environments, workspaces, agent pools, tags and variables. */
import { membersIn } from '../database/members.ts'
import { newSettings } from '../inventory/workspaces/workspace-settings.ts'
import { findScope, type Writers } from './import-row-store.ts'

export const inventoryWriters: Writers = {
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
    await membersIn('environmentTags', 'environmentId', 'tagId').add(db, id, ids('tags'))
    await membersIn('environmentProviderConfigurations', 'environmentId', 'providerConfigurationId').add(
      db,
      id,
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
    await membersIn('agentPoolEnvironments', 'agentPoolId', 'environmentId').add(db, id, ids('environments'))
  },
  workspaces: async ({ db, id, createdAt, text, maybe, ids, values }) => {
    const environmentId = text('environmentId')
    const { accountId, settings } = await db
      .selectFrom('environments')
      .select(['accountId', 'settings'])
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
        settings: JSON.stringify(newSettings(values, remoteBackendOf(settings))),
        applySchedule: null,
        destroySchedule: null,
        ...unlocked,
        createdAt,
        createdById: maybe('createdById'),
        ...unchanged,
      })
      .execute()
    await membersIn('workspaceTags', 'workspaceId', 'tagId').add(db, id, ids('tags'))
  },
  vars: async ({ db, vault, id, createdAt, text, maybe, flag, raw }) => {
    const scope = await findScope({ db, maybe })
    const accountId = scope.accountId ?? ''
    const sensitive = raw('sensitive') === true
    const sealed = sensitive ? await vault.seal(db, accountId, `variables/${id}/sealed`, text('value')) : null
    await db
      .insertInto('variables')
      .values({
        id,
        accountId,
        environmentId: scope.environmentId,
        workspaceId: scope.workspaceId,
        key: text('key'),
        category: text('category'),
        value: sensitive ? null : text('value'),
        sealed,
        hcl: flag('hcl'),
        sensitive: Number(sensitive),
        final: flag('final'),
        description: maybe('description'),
        accessTokenId: null,
        createdAt,
        updatedAt: null,
        updatedById: null,
        updatedByEmail: null,
      })
      .execute()
  },
}

const remoteBackendOf = (settings: string): boolean =>
  (JSON.parse(settings) as { remoteBackend?: boolean }).remoteBackend ?? true
