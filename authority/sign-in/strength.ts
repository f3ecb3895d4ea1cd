/** How well a password stands up to a guesser who knows the person's name and address, by the estimator zxcvbn. */
import { limits } from '@mintmark/contract'
import { type Context, Refusal } from '../context.ts'
import { outsideTransaction } from '../database/slow-work.ts'
import type { Person } from '../users/person.ts'
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

/** The estimator takes far longer than in proportion to what it reads. What is as long as this is strong by then, or never. */
const estimatedCharacters = 64
const ownWordsMax = 20

type Known = Pick<Person, 'email' | 'fullName'>
type SlowContext = Pick<Context, 'slowResults'>

export async function strengthOf(password: string, { email, fullName }: Known): Promise<Strength> {
  if (password.length > limits.passwordCharactersMax) return { score: 0, enough: false, hint: tooLong }
  const words = [email, ...email.split(/[^\p{L}\p{N}]+/u), ...(fullName ?? '').split(/\s+/), 'mintmark'].filter(Boolean)
  const own = words.slice(0, ownWordsMax).map((word) => word.slice(0, estimatedCharacters))
  const score = await estimateStrength({ password: password.slice(0, estimatedCharacters), own })
  if (password.length < limits.passwordCharactersMin)
    return { score: Math.min(score, 1), enough: false, hint: tooShort }
  return { score, enough: score >= enoughScore, hint: score >= enoughScore ? null : tooWeak }
}

/** Outside of the transaction of the context, if there is one. */
export async function refuseWeak(
  context: SlowContext,
  password: string,
  person: Known,
  at = '/password',
): Promise<void> {
  const key = `strength ${JSON.stringify([password, person.email, person.fullName])}`
  const { hint } = await outsideTransaction(context, key, () => strengthOf(password, person))
  if (hint) throw new Refusal('invalid-attribute', { detail: hint, at })
}
