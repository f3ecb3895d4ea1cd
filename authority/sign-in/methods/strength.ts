/**
 * How well a password stands up to a guesser who knows the person's name and address and the names of their accounts, by the
 * estimator zxcvbn. docs/signing-in.md lists the words.
 */
import { limits } from '@mintmark/contract'
import { type Context, Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { outsideTransaction } from '../../database/slow-work.ts'
import type { Person } from '../../identity/users/person.ts'
import { findAccountNames } from '../account-names-store.ts'
import { charactersBesides, contextWords, type Known } from './context-words.ts'
import { estimateStrength } from './estimate-strength.ts'

export interface Strength {
  /** 0, guessed at once, to 4. */
  readonly score: number
  readonly enough: boolean
  readonly hint: string | null
}

const enoughScore = 3
const tooShort = `Expected at least ${limits.passwordCharactersMin} characters.`
const tooLong = `Expected at most ${limits.passwordCharactersMax} characters.`
const tooWeak =
  'Too easy to guess. Take a longer one: four or five words that have nothing to do with each other are good.'

const charactersBesidesMin = 8
const tooMuchContext = `Your name, your address, names of your accounts and words such as mintmark do not count. Expected at least ${charactersBesidesMin} other letters or digits.`

/** The estimator takes far longer than in proportion to what it reads. What is as long as this is strong by then, or never. */
const estimatedCharacters = 64

/** Of the accounts that a person belongs to or is invited to, and of the one that added them. */
export async function knownOf(db: Db, { id, email, fullName, homeAccountId }: KnownPerson): Promise<Known> {
  return { email, fullName, accountNames: await findAccountNames(db, { userId: id ?? null, homeAccountId }) }
}

/** Somebody who is only being added has no id yet. */
type KnownPerson = Pick<Person, 'email' | 'fullName' | 'homeAccountId'> & { readonly id?: string }
type SlowContext = Pick<Context, 'slowResults'>

export async function strengthOf(password: string, known: Known): Promise<Strength> {
  if (password.length > limits.passwordCharactersMax) return { score: 0, enough: false, hint: tooLong }
  const words = contextWords(known)
  const own = words.map((word) => word.slice(0, estimatedCharacters))
  const score = await estimateStrength({ password: password.slice(0, estimatedCharacters), own })
  if (password.length < limits.passwordCharactersMin)
    return { score: Math.min(score, 1), enough: false, hint: tooShort }
  if (charactersBesides(words, password) < charactersBesidesMin)
    return { score: Math.min(score, 1), enough: false, hint: tooMuchContext }
  return { score, enough: score >= enoughScore, hint: score >= enoughScore ? null : tooWeak }
}

/** Outside of the transaction of the context, if there is one. */
export async function refuseWeak(
  context: SlowContext,
  password: string,
  person: Known,
  at = '/password',
): Promise<void> {
  const key = `strength ${JSON.stringify([password, person])}`
  const { hint } = await outsideTransaction(context, key, () => strengthOf(password, person))
  if (hint) throw new Refusal('invalid-attribute', { detail: hint, at })
}
