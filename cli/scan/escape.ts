/** Makes text that others chose, such as the name of a file, safe in the output of a scan. Nothing is dropped: it is escaped. */

/** Control characters, line separators, lone surrogates, and characters that are invisible or change the direction of text. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const unicodeEscape = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/** One visible line. `##name[` starts a command in the logs of several CI systems, wherever it stands. */
export const visible = (text: string): string =>
  text.replace(unsafe, unicodeEscape).replace(/##(?=[a-z]*\[)/gi, '\\u0023#')

/** A value as JSON that is safe to print. A parser returns exactly what was put in. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .replace(unsafe, (found) => (found === '\n' ? found : unicodeEscape(found)))
    .replaceAll('##', '\\u0023#')
