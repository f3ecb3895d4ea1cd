import { createHash } from 'node:crypto'

/** Returns the SHA-256 under which a random secret is stored and looked up. Not for passwords: a fast hash of them can be brute-forced. */
export const hashOfSecret = (secret: string): Uint8Array => createHash('sha256').update(secret).digest()
