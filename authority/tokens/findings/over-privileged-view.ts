/** Tokens without a limit whose owner can manage access. */
import { permissionCatalogue } from '@mintmark/contract'
import { coversPermission } from '@mintmark/token'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { byFlag } from '../../database/views/filter-sql.ts'
import type { Filter } from '../../database/views/resource-view.ts'

/** With each of these, the holder of a token can extend access: their own, or that of somebody whom they can sign in as. */
const accessManagement = [
  ...['accounts', 'environments', 'workspaces'].map((resource) => `${resource}:set-access-policies`),
  ...['roles', 'users'].flatMap((resource) => ['create', 'update', 'delete'].map((action) => `${resource}:${action}`)),
]
const managing = permissionCatalogue
  .map(({ id }) => id)
  .filter((id) => accessManagement.some((permission) => coversPermission(id, permission)))

interface TokenOrder {
  readonly ownerType: string
  /**
   * How the tokens are read: those of the few owners who can manage access, found by an index; owner by owner, in the
   * order of the owners `o`; or all tokens in the order of the list.
   */
  readonly by: 'found' | 'owner' | 'order'
}

/** `accounts`: those whose policies the caller may read. */
export function isOverPrivileged(
  accounts: readonly string[],
  filter: Filter,
  { ownerType, by }: TokenOrder,
): RawBuilder<SqlBool> {
  if (accounts.length === 0) return byFlag(filter, { isTrue: sql`1 = 0`, isFalse: sql`1 = 1` })
  const subject = sql`coalesce(p.user_id, p.service_account_id, m.user_id)`
  const managers = sql`(select ${subject} from access_policy_roles pr join access_policies p on p.id = pr.access_policy_id
      left join team_users m on m.team_id = p.team_id
     where pr.role_id in (select role_id from role_permissions where permission in (${sql.join(managing)}))
       and p.account_id in (${sql.join(accounts)}) and ${subject} is not null)`
  // The columns of the index of tokens without a limit.
  const unlimited = sql<SqlBool>`t.owner_kind = ${sql.lit(ownerType)} and t.permissions is null and t.scopes is null`
  const found = sql<SqlBool>`${unlimited} and t.owner_id in ${managers}`
  const inOrder = sql<SqlBool>`case when ${found} then true else false end`
  const isTrue = {
    found,
    owner: sql<SqlBool>`${unlimited} and case when o.id in ${managers} then true else false end`,
    order: inOrder,
  }[by]
  return byFlag(filter, { isTrue, isFalse: sql<SqlBool>`not ${inOrder}` })
}
