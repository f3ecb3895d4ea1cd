import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database/database.ts'

const nameIn = (table: string, name = 'name') => ({ from: table, name })

/** Not users: who may read the events of an account cannot read the names of invited and former users. */
const sources: Readonly<Record<string, { readonly from: string; readonly name: string }>> = {
  accounts: nameIn('accounts'),
  'access-policies': {
    from: `access_policies t left join teams g on g.id = t.team_id left join service_accounts s on s.id = t.service_account_id`,
    name: 'coalesce(g.name, s.name)',
  },
  'access-tokens': nameIn('access_tokens'),
  'agent-pools': nameIn('agent_pools'),
  'assume-service-account-policies': nameIn('assume_policies'),
  environments: nameIn('environments'),
  'provider-configurations': nameIn('provider_configurations'),
  roles: nameIn('roles'),
  'service-accounts': nameIn('service_accounts'),
  tags: nameIn('tags'),
  teams: nameIn('teams'),
  vars: nameIn('variables', 'key'),
  webhooks: nameIn('webhooks', 'url'),
  'workload-identity-providers': nameIn('workload_identity_providers'),
  workspaces: nameIn('workspaces'),
}

interface Subject {
  readonly subjectType: string
  readonly subjectId: string | null
}

/** Returns the current names of objects by ID, in one statement. Objects without a name are left out. */
export async function findSubjectNames(db: Db, subjects: readonly Subject[]): Promise<ReadonlyMap<string, string>> {
  const selects: RawBuilder<unknown>[] = []
  for (const [type, some] of Map.groupBy(subjects, ({ subjectType }) => subjectType)) {
    const source = Object.hasOwn(sources, type) ? sources[type] : undefined
    const ids = [...new Set(some.flatMap(({ subjectId }) => subjectId ?? []))]
    if (!source || ids.length === 0) continue
    const from = source.from.includes(' ') ? source.from : `${source.from} t`
    selects.push(
      sql`select t.id as id, ${sql.raw(source.name)} as name from ${sql.raw(from)} where t.id in (${sql.join(ids)})`,
    )
  }
  if (selects.length === 0) return new Map()
  const { rows } = await sql<{ id: string; name: string | null }>`${sql.join(selects, sql` union all `)}`.execute(db)
  return new Map(rows.flatMap(({ id, name }) => (name ? [[id, name] as const] : [])))
}
