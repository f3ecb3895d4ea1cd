import { accessTokens } from '@mintmark/contract'
import { sql } from 'kysely'
import { fold } from '../database/fold.ts'
import { membersOf } from '../database/members.ts'
import { byFlag, compare } from '../database/views/filter-sql.ts'
import type { Lookups } from '../database/views/lookups.ts'
import { column, columnsOf, type FilterBy, type RecordIn, resourceView } from '../database/views/resource-view.ts'
import { withinScopes } from './concerned-accounts.ts'

export const isExpired: FilterBy = (filter, { now }) =>
  byFlag(filter, {
    isTrue: sql`t.expires_at <= ${now.toISOString()}`,
    isFalse: sql`(t.expires_at is null or t.expires_at > ${now.toISOString()})`,
  })

/** The owner's own index has the order of creation. For other orders and names, the indexes of the account are filtered. */
const ofServiceAccount: FilterBy = (filter, _viewer, { isLong, listing: { filters, sort } }) => {
  const isByName = filters.some(({ name, operator }) => name === 'name' && operator === 'in')
  const isInOtherOrder = isLong && sort[0] !== undefined && sort[0].key !== 'createdAt'
  const [id, ...others] = filter.values
  if (!(isByName || isInOtherOrder) || filter.operator !== 'in' || !id || others.length > 0)
    return compare(sql.raw('t.owner_id'), filter)
  return sql`t.owner_kind = 'service-account' and (t.owner_id || '') = ${id}
    and t.account_id = (select s.account_id from service_accounts s where s.id = ${id})`
}

export const isIdOrLastCharacters: Lookups['exact'] = (text) => [
  { where: sql`t.id = ${fold(text)}` },
  { from: 'access_tokens l', where: sql`l.last_characters = ${text} and t.id = l.id` },
]

export const attributeOfOwner = (name: string) =>
  `coalesce((select u.${name} from users u where u.id = t.owner_id), (select s.${name} from service_accounts s where s.id = t.owner_id))`

export type AccessTokenRecord = RecordIn<typeof accessTokenView>

export const tokenColumns = {
  ...columnsOf(
    'accessTokens',
    'id',
    'ownerId',
    'accountId',
    'name',
    'description',
    'permissions',
    'scopes',
    'expiresIn',
    'createdAt',
    'expiresAt',
    'createdById',
    'lastUsedAt',
    'lastCharacters',
    'family',
    'predecessorId',
    'revokedAt',
    'parentId',
    'renewableUntil',
    'assumePolicyId',
  ),
  ownerType: column<'user' | 'service-account' | 'agent-pool'>('t.owner_kind'),
  ownerEmail: column<string | null>(attributeOfOwner('email')),
  ownerStatus: column<'Active' | 'Inactive' | 'Pending' | null>(attributeOfOwner('status')),
  successorId: column<string | null>(
    '(select s.id from access_tokens s where s.predecessor_id = t.id and s.revoked_at is null order by s.created_at desc limit 1)',
  ),
}

/** Tokens that are not revoked. Personal tokens belong to all accounts of their owner. */
export const accessTokenView = resourceView(accessTokens, {
  from: 'access_tokens t',
  columns: tokenColumns,
  filters: {
    accessToken: 't.id',
    name: 't.name',
    family: 't.family',
    serviceAccount: ofServiceAccount,
    agentPool: 't.owner_id',
    isExpired,
  },
  internalFilters: { owner: 't.owner_id' },
  search: ['t.id', 't.name', 't.description', 't.last_characters'],
  lookups: { exact: isIdOrLastCharacters },
  sorts: { name: 't.name', createdAt: 't.created_at', expiresAt: 't.expires_at', lastUsedAt: 't.last_used_at' },
  scope: { account: 't.account_id' },
  listed: 't.revoked_at is null',
  complete: async (db, rows, viewer) => {
    const accounts = await membersOf(
      db,
      'account_users',
      'user_id',
      'account_id',
      // Only users may belong to several accounts; other owners have their account in the row.
      rows.filter((row) => row.accountId === null).map((row) => ({ id: row.ownerId })),
    )
    return Promise.all(
      rows.map(async (row) => {
        const scopes = listOf(row.scopes)
        const concerned = await withinScopes(db, scopes, accounts(row.ownerId))
        return {
          ...row,
          accounts: row.accountId ? [row.accountId] : concerned,
          serviceAccountId: row.ownerType === 'service-account' ? row.ownerId : null,
          agentPoolId: row.ownerType === 'agent-pool' ? row.ownerId : null,
          isExpired: row.expiresAt !== null && row.expiresAt <= viewer.now.toISOString(),
          permissions: listOf(row.permissions),
          scopes,
        }
      }),
    )
  },
  paths: ({ accounts }) => accounts.map((account) => ({ account })),
  aspect: ({ ownerType }) => ownerType,
  own: (record, viewer) => {
    if (record.id === viewer.tokenId) return 'all'
    return record.ownerType === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'all' : undefined
  },
})

const listOf = (text: string | null): readonly string[] | null =>
  text === null ? null : (JSON.parse(text) as readonly string[])
