import { type Context, Refusal } from './context.ts'
import { isTaken } from './database/members.ts'

interface Name {
  /** The type with its article, for the error text: `A team`. */
  readonly what: string
  readonly table: string
  /** The columns within which the name is unique. */
  readonly within: Readonly<Record<string, string | null>>
  readonly name: string | undefined
  /** The id of the object that has the name now. */
  readonly but?: string
}

/** Refuses a name that another object has. An undefined name is not being changed. */
export async function refuseTaken({ db }: Context, { what, table, within, name, but }: Name): Promise<void> {
  if (name === undefined || !(await isTaken(db, table, { ...within, name }, but))) return
  throw new Refusal('invalid-attribute', {
    detail: `${what} with this name already exists.`,
    at: '/data/attributes/name',
  })
}
