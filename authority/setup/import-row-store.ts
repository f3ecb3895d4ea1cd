/** One imported object, with accessors for its attributes and their defaults. */
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import type { ImportedObject } from './import-resources.ts'

export interface ImportContext {
  ownerOf(account: string): string
  /** The identity provider of an account. */
  providerOf(account: string): string
  readonly accounts: readonly string[]
  readonly host: string
}

export interface ImportRow {
  readonly db: Db
  readonly vault: Vault
  readonly id: string
  readonly createdAt: string
  readonly loading: ImportContext
  text(name: string): string
  maybe(name: string): string | null
  flag(name: string): number
  ids(name: string): readonly string[]
  raw(name: string): unknown
  readonly values: ImportedObject['values']
}

/** The function that writes an object, by type. */
export type Writers = Readonly<Record<string, (row: ImportRow) => Promise<unknown>>>

export function rowOf(
  db: Db,
  vault: Vault,
  world: World,
  { id, values }: ImportedObject,
  loading: ImportContext,
): ImportRow {
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
export async function findScope({ db, maybe }: Pick<ImportRow, 'db' | 'maybe'>) {
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
