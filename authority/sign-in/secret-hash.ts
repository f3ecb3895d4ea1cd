import { createHash } from 'node:crypto'

/** What is kept of a secret that nobody can guess, and looked up by. */
export const hashOfSecret = (secret: string): Uint8Array => createHash('sha256').update(secret).digest()
