import { type Context, Refusal } from './context.ts'
import type { NameCheck } from './database/members.ts'

interface Name<Scope extends string> {
  /** The type with its article, for the error text: `A team`. */
  readonly what: string
  readonly isTaken: NameCheck<Scope>
  /** The columns within which the name is unique. */
  readonly within: Readonly<Record<Scope, string | null>>
  readonly name: string | undefined
  /** The id of the object that has the name now. */
  readonly but?: string
}

/** Refuses a name that another object has. An undefined name is not being changed. */
export async function refuseTaken<Scope extends string>(
  { db }: Context,
  { what, isTaken, within, name, but }: Name<Scope>,
): Promise<void> {
  if (name === undefined || !(await isTaken(db, within, name, but))) return
  throw new Refusal('invalid-attribute', {
    detail: `${what} with this name already exists.`,
    at: '/data/attributes/name',
  })
}
