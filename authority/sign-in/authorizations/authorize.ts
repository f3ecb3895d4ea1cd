/** Says yes to a program that asks for a token: it gets a code for it, good once and for a minute. */

import { limits } from '@mintmark/contract'
import type { Person } from '../../identity/users/person.ts'
import { assertLifetimeWithinRules } from '../../tokens/lifetime.ts'
import { hashOfSecret } from '../secret-hash.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../services.ts'
import { insertCode } from './code-store.ts'

export interface Consent {
  readonly clientId: string
  readonly redirectUri: string
  readonly codeChallenge: string
  /** What the token will be called. */
  readonly name: string
  /** Minutes; null: without end. */
  readonly expiresIn: number | null
}

/** A program on the same machine, which no other machine can play (RFC 8252 section 7.3). */
export const isLoopback = (uri: string): boolean => {
  const url = URL.parse(uri)
  const names = ['localhost', '127.0.0.1', '[::1]']
  return url?.protocol === 'http:' && names.includes(url.hostname) && !url.username && !url.password && !url.hash
}

/** RFC 7636 section 4.2: the SHA-256 of the verifier, base64url. */
export const isChallenge = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

export async function authorize(
  services: SignInServices,
  asking: SignInRequest,
  person: Person,
  wish: Consent,
): Promise<string> {
  const { world } = services.baseContext
  const code = Buffer.from(world.random(32)).toString('base64url')
  const now = world.now().getTime()
  const after = { client: wish.clientId, name: wish.name, expiresIn: wish.expiresIn }
  await writeAsPerson(services, asking, { person, action: 'authorizations.granted', after }, async (context) => {
    const owner = { kind: 'user', id: person.id, accountId: null } as const
    await assertLifetimeWithinRules(context, owner, wish.expiresIn, '/expires-in')
    const longAgo = new Date(now - 86_400_000).toISOString()
    await insertCode(
      context.db,
      {
        hash: hashOfSecret(code),
        userId: person.id,
        redirectUri: wish.redirectUri,
        challenge: wish.codeChallenge,
        tokenName: wish.name,
        expiresIn: wish.expiresIn,
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + limits.authorizationCodeSeconds * 1_000).toISOString(),
        usedAt: null,
        tokenId: null,
      },
      longAgo,
    )
  })
  return code
}
