/** One imported object, with accessors for its attributes and their defaults. */
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import type { Loaded } from './import-resources.ts'

export interface Loading {
  ownerOf(account: string): string
  /** The identity provider of an account. */
  providerOf(account: string): string
  readonly accounts: readonly string[]
  readonly host: string
}

export interface Row {
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
  readonly values: Loaded['values']
}

/** The function that writes an object, by type. */
export type Writers = Readonly<Record<string, (row: Row) => Promise<unknown>>>

export function rowOf(db: Db, vault: Vault, world: World, { id, values }: Loaded, loading: Loading): Row {
  const raw = (name: string) => values[name]
  return {
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
    values,
  }
}

/** Returns the narrowest scope of an object with its enclosing scopes. */
export async function placeOf({ db, maybe }: Pick<Row, 'db' | 'maybe'>) {
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
  return { accountId: environment?.accountId ?? maybe('accountId'), environmentId, workspaceId }
}
