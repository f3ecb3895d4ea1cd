import { type Context, Refusal } from './context.ts'
import type { NameCheck } from './database/members.ts'

interface Name<Scope extends string> {
  /** The type with its article, for the error text: `A team`. */
  readonly what: string
  readonly isTaken: NameCheck<Scope>
  /** The columns within which the name is unique. */
  readonly within: Readonly<Record<Scope, string | null>>
  readonly name: string | undefined
  /** Returns the ID of the object that currently has the name. */
  readonly but?: string
}

/** Throws if another object has the name. Undefined means that the name does not change. */
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
