import { type Context, Refusal } from './context.ts'
import { isTaken } from './database/members.ts'

interface Name {
  /** The singular with its article, for the wording: `A team`. */
  readonly what: string
  readonly table: string
  /** The columns within which the name is one of a kind. */
  readonly within: Readonly<Record<string, string | null>>
  readonly name: string | undefined
  /** The object that may keep its name. */
  readonly but?: string
}

/** Names are unique where they are looked up by. An absent name is not changed and needs no look. */
export async function refuseTaken({ db }: Context, { what, table, within, name, but }: Name): Promise<void> {
  if (name === undefined || !(await isTaken(db, table, { ...within, name }, but))) return
  throw new Refusal('invalid-attribute', {
    detail: `${what} of this name exists already.`,
    at: '/data/attributes/name',
  })
}
