/** Rejects requests that contain a token in an attribute that is stored unencrypted. */
import { type Attributes, kebab } from '@mintmark/contract'
import { holdsToken, type MintMark } from '@mintmark/token'
import { Refusal } from '../context.ts'

/** `at` is the JSON pointer to the object with the attributes. */
export function rejectTokens(
  mark: MintMark,
  declared: Attributes,
  input: Readonly<Record<string, unknown>>,
  at: string,
): void {
  for (const [name, attribute] of Object.entries(declared)) {
    const value = input[name]
    if (value === undefined || attribute.holdsSecret || !holdsToken(mark, JSON.stringify(value))) continue
    throw new Refusal('invalid-attribute', {
      detail: 'This contains an API token. Store tokens only as the value of a sensitive variable.',
      at: `${at}/${kebab(name)}`,
    })
  }
}
