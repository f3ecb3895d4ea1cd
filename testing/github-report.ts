/** Reports of leaked tokens as GitHub sends them. */
import { type KeyObject, sign } from 'node:crypto'
import type { CallOptions } from './kit.ts'

/** A body signed with the key `one`, for `POST /leaks/github`. */
export const signedReport = (body: string, privateKey: KeyObject): CallOptions => ({
  token: null,
  body,
  headers: {
    'content-type': 'application/json',
    'github-public-key-identifier': 'one',
    'github-public-key-signature': sign('sha256', Buffer.from(body), privateKey).toString('base64'),
  },
})
