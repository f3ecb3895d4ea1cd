/**
 * Estimates with zxcvbn how hard a password is to guess for an attacker who knows the person's name, email address and the
 * names of their accounts. docs/signing-in.md lists the words.
 */
import { limits } from '@mintmark/contract'
import { type Context, Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { outsideTransaction } from '../../database/slow-work.ts'
import type { Person } from '../../identity/users/person.ts'
import { findAccountNames } from '../account-names-store.ts'
import { charactersOutsideOf, contextWords, type PasswordContext } from './context-words.ts'
import { estimateStrength } from './estimate-strength.ts'

export interface Strength {
  /** From 0 (guessed at once) to 4. */
  readonly score: number
  readonly enough: boolean
  readonly hint: string | null
}

const enoughScore = 3
const tooShort = `Expected at least ${limits.passwordCharactersMin} characters.`
const tooLong = `Expected at most ${limits.passwordCharactersMax} characters.`
const tooWeak = 'This password is too easy to guess. Use a longer one, such as four or five unrelated words.'

const charactersOutsideMin = 8
const tooMuchContext = `Expected at least ${charactersOutsideMin} letters or digits besides your name, your email address, the names of your accounts, and words such as mintmark.`

/** The estimator's time grows faster than the length of its input. A password that is weak up to here stays weak. */
const estimatedCharacters = 64

/** Returns what an attacker may know about a person, including the names of their accounts. */
export async function passwordContextOf(
  db: Db,
  { id, email, fullName, homeAccountId }: PersonInput,
): Promise<PasswordContext> {
  return { email, fullName, accountNames: await findAccountNames(db, { userId: id ?? null, homeAccountId }) }
}

/** A person who is being created has no ID yet. */
type PersonInput = Pick<Person, 'email' | 'fullName' | 'homeAccountId'> & { readonly id?: string }
type SlowContext = Pick<Context, 'slowResults'>

export async function strengthOf(password: string, known: PasswordContext): Promise<Strength> {
  if (password.length > limits.passwordCharactersMax) return { score: 0, enough: false, hint: tooLong }
  const words = contextWords(known)
  const shortWords = words.map((word) => word.slice(0, estimatedCharacters))
  const score = await estimateStrength({ password: password.slice(0, estimatedCharacters), contextWords: shortWords })
  if (password.length < limits.passwordCharactersMin)
    return { score: Math.min(score, 1), enough: false, hint: tooShort }
  if (charactersOutsideOf(words, password) < charactersOutsideMin)
    return { score: Math.min(score, 1), enough: false, hint: tooMuchContext }
  return { score, enough: score >= enoughScore, hint: score >= enoughScore ? null : tooWeak }
}

/** Throws `invalid-attribute` if the password is too weak. Estimates outside of the transaction of the context, if there is one. */
export async function assertStrongPassword(
  context: SlowContext,
  password: string,
  person: PasswordContext,
  at = '/password',
): Promise<void> {
  const key = `strength ${JSON.stringify([password, person])}`
  const { hint } = await outsideTransaction(context, key, () => strengthOf(password, person))
  if (hint) throw new Refusal('invalid-attribute', { detail: hint, at })
}
