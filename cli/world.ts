/** The clock and randomness of the commands. */
import { randomBytes } from 'node:crypto'

export const now = (): Date => new Date()

export const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url')
