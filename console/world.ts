/** The only reader of clock and randomness in the console. */
export const now = (): Date => new Date()

/** Names one wish, so that a call whose answer was lost can be repeated without a second deed. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join('')

const hex = (byte: number) => byte.toString(16).padStart(2, '0')
