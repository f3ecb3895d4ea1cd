/** Escapes untrusted text, such as file names, for the output of a scan. No character is dropped. */

/** Control characters, line separators, lone surrogates, and characters that are invisible or change the direction of text. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const unicodeEscape = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/** The text as one visible line. Also escapes `##name[`, which starts a command anywhere in the logs of several CI systems. */
export const visible = (text: string): string =>
  text.replace(unsafe, unicodeEscape).replace(/##([a-z]*\[)/gi, '\\u0023#$1')

/** The value as JSON that is safe to print and that parses to the same value. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .replace(unsafe, (found) => (found === '\n' ? found : unicodeEscape(found)))
    .replaceAll('##', '\\u0023#')
