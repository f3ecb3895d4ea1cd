/**
 * The tables and columns from which replicas are read, and which can therefore change a verdict. Database triggers are generated
 * from this list (`change-triggers.ts`), so that every write to them publishes its change. A change of the list requires a
 * migration that reinstalls the triggers.
 */
import type { Tables } from '../schema/tables.ts'

/** The kind of object that the key of a change identifies. */
export type ChangeKind =
  /** A token. */
  | 'token'
  /** A user, service account or agent pool. */
  | 'owner'
  /** A role, policy, team or membership. Every node drops all cached grants, so the key is informational. */
  | 'rights'
  /** An account with its allowed networks. */
  | 'account'
  /** An environment or workspace that tokens may be narrowed to. */
  | 'scope'

export type ChangeEvent = 'insert' | 'update' | 'delete'

export interface Watched {
  readonly table: string
  readonly kind: ChangeKind
  /** The column with the key of the change. */
  readonly key: string
  /** An update publishes a change only if one of these columns differs. */
  readonly columns: readonly string[]
  /** Rows in which this column is set are not part of replicas, so writes to them publish nothing. */
  readonly absentOnceSet?: string
  readonly events: readonly ChangeEvent[]
}

type Column<T extends keyof Tables> = keyof Tables[T] & string

interface WatchedColumns<T extends keyof Tables> {
  readonly key: Column<T>
  readonly columns: readonly Column<T>[]
  readonly absentOnceSet?: Column<T>
  readonly events?: readonly ChangeEvent[]
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function watch<T extends keyof Tables & string>(kind: ChangeKind, table: T, watching: WatchedColumns<T>): Watched {
  const { key, columns, absentOnceSet, events = ['insert', 'update', 'delete'] } = watching
  return {
    table: snake(table),
    kind,
    key: snake(key),
    columns: columns.map(snake),
    ...(absentOnceSet === undefined ? {} : { absentOnceSet: snake(absentOnceSet) }),
    events,
  }
}

export const watchedTables: readonly Watched[] = [
  watch('token', 'accessTokens', {
    key: 'id',
    columns: ['id', 'hash', 'ownerId', 'createdAt', 'expiresAt', 'permissions', 'scopes'],
    absentOnceSet: 'revokedAt',
  }),
  watch('owner', 'users', { key: 'id', columns: ['id', 'email', 'status'] }),
  watch('owner', 'serviceAccounts', { key: 'id', columns: ['id', 'email', 'status', 'accountId'] }),
  watch('owner', 'agentPools', { key: 'id', columns: ['id', 'accountId'] }),
  // The accounts of a user are sorted by the time of joining.
  watch('owner', 'accountUsers', { key: 'userId', columns: ['userId', 'accountId', 'createdAt'] }),
  watch('owner', 'pendingRevocations', {
    key: 'ownerId',
    columns: ['id', 'ownerId', 'createdUntil', 'sparedTokenId'],
  }),
  watch('rights', 'accessPolicies', {
    key: 'id',
    columns: ['id', 'accountId', 'environmentId', 'workspaceId', 'userId', 'teamId', 'serviceAccountId'],
    // A new policy grants nothing until it gets a role.
    events: ['update', 'delete'],
  }),
  watch('rights', 'accessPolicyRoles', { key: 'accessPolicyId', columns: ['accessPolicyId', 'roleId'] }),
  watch('rights', 'rolePermissions', { key: 'roleId', columns: ['roleId', 'permission'] }),
  watch('rights', 'teamUsers', { key: 'teamId', columns: ['teamId', 'userId'] }),
  watch('account', 'accounts', { key: 'id', columns: ['id', 'allowedIps', 'allowedIpv6'] }),
  // No token can be narrowed to a new one yet.
  watch('scope', 'environments', { key: 'id', columns: ['id', 'accountId'], events: ['update', 'delete'] }),
  watch('scope', 'workspaces', {
    key: 'id',
    columns: ['id', 'accountId', 'environmentId'],
    events: ['update', 'delete'],
  }),
]
