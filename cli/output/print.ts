/** Prints text for people or JSON for programs to stdout. Removes terminal control sequences from values of the server. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Prints a remark about a successful command to stderr, where it is not part of the output. */
export function notice(text: string): void {
  process.stderr.write(`mintmark: ${plain(text)}\n`)
}

// Control characters and characters that change the direction of text.
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** The text on one line, without control characters. */
export const plain = (text: string): string => text.replace(/\r?\n|\t/g, ' ').replace(unprintable, '\ufffd')

/** `JSON.stringify` escapes some of the unprintable characters; here the others are escaped too. */
export function printJson(value: unknown): void {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  const escapeUnlessNewline = (character: string) => (character === '\n' ? character : escaped(character))
  print(JSON.stringify(value, null, 2).replace(unprintable, escapeUnlessNewline))
}

/** `2030-01-31 12:00 UTC`. */
export const when = (time: string | null | undefined, never: string): string =>
  time ? `${time.slice(0, 16).replace('T', ' ')} UTC` : never
