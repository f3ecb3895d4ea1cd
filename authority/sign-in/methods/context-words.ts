/** Words that an attacker tries first: from the person, their accounts, and the product. docs/signing-in.md lists them. */
import type { Person } from '../../identity/users/person.ts'

export interface PasswordContext extends Pick<Person, 'email' | 'fullName'> {
  readonly accountNames?: readonly string[]
}

const ownWordsMax = 20
const accountWordsMax = 20
const namesCharactersMax = 255
const productWords = ['mintmark', 'scalr', 'terraform', 'console', 'token']

export function contextWords({ email, fullName, accountNames = [] }: PasswordContext): string[] {
  const own = [email, ...wordsOf(email), ...wordsOf(fullName ?? '')].slice(0, ownWordsMax)
  const accounts = accountNames.flatMap((name) => [wordsOf(name).join(''), ...wordsOf(name)]).slice(0, accountWordsMax)
  return [...own, ...accounts, ...productWords].filter(Boolean)
}

const wordsOf = (text: string): string[] =>
  text
    .slice(0, namesCharactersMax)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

const wordCharactersMin = 4

/** Counts the letters and digits of a password outside of these words, which may be reversed, in any case, or with look-alike digits. */
export function charactersOutsideOf(words: readonly string[], password: string): number {
  const plain = words.map(plainOf).filter((word) => word.length >= wordCharactersMin)
  const bothDirections = plain.flatMap((word) => [word, [...word].reverse().join('')])
  let rest = plainOf(password)
  for (const word of bothDirections.sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, ' ')
  return rest.replaceAll(' ', '').length
}

const lookAlikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  l: 'i',
  '!': 'i',
  '|': 'i',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
}

const plainOf = (text: string): string =>
  [...text.normalize('NFKD').toLowerCase()]
    .map((letter) => lookAlikes[letter] ?? letter)
    .join('')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
