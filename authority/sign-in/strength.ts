/** How well a password stands up to a guesser who knows the person's name and address, by the estimator zxcvbn. */
import { limits } from '@mintmark/contract'
import { Refusal } from '../context.ts'
import type { Person } from '../users/person.ts'

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

type Estimator = { checkAsync(password: string, own: string[]): Promise<{ score: number }> }
let estimator: Promise<Estimator> | undefined

type Known = Pick<Person, 'email' | 'fullName'>

export async function strengthOf(password: string, { email, fullName }: Known): Promise<Strength> {
  if (password.length > limits.passwordCharactersMax) return { score: 0, enough: false, hint: tooLong }
  estimator ??= load()
  const own = [email, ...email.split(/[^\p{L}\p{N}]+/u), ...(fullName ?? '').split(/\s+/), 'mintmark'].filter(Boolean)
  const { score } = await (await estimator).checkAsync(password, own)
  if (password.length < limits.passwordCharactersMin)
    return { score: Math.min(score, 1), enough: false, hint: tooShort }
  return { score, enough: score >= enoughScore, hint: score >= enoughScore ? null : tooWeak }
}

export async function refuseWeak(password: string, person: Known, at = '/password'): Promise<void> {
  const { hint } = await strengthOf(password, person)
  if (hint) throw new Refusal('invalid-attribute', { detail: hint, at })
}

// Its word lists take several MB: loaded with the first password that is set.
async function load(): Promise<Estimator> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs }) as Estimator
}
