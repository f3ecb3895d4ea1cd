/** A token is shown once and kept nowhere: one that is sent to be kept in plain sight is refused, wherever it is sent. */
import { type Attributes, kebab } from '@mintmark/contract'
import { holdsToken, type MintMark } from '@mintmark/token'
import { Refusal } from '../context.ts'

/** `at` is the JSON pointer of what holds the attributes. */
export function refuseTokens(
  mark: MintMark,
  declared: Attributes,
  input: Readonly<Record<string, unknown>>,
  at: string,
): void {
  for (const [name, attribute] of Object.entries(declared)) {
    const value = input[name]
    if (value === undefined || attribute.holdsSecret || !holdsToken(mark, JSON.stringify(value))) continue
    throw new Refusal('invalid-attribute', {
      detail: 'This holds an API token. The only place for one is the value of a sensitive variable.',
      at: `${at}/${kebab(name)}`,
    })
  }
}
