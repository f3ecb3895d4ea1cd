/** The only reader of clock and randomness in the console. */
export const now = (): Date => new Date()

/** Returns an idempotency key: a request with the same key can be retried without being applied twice. */
export const newIdempotencyKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join('')

const hex = (byte: number) => byte.toString(16).padStart(2, '0')
