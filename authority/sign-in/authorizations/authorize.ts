/** The person's consent to a program that requests a token. The program gets an authorization code, valid once and for 60 seconds. */

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
  /** The name of the token. */
  readonly name: string
  /** Minutes; null for a token that does not expire. */
  readonly expiresIn: number | null
}

/** Whether the URI is on the person's own machine, so no other machine can receive the code (RFC 8252, section 7.3). */
export const isLoopback = (uri: string): boolean => {
  const url = URL.parse(uri)
  const names = ['localhost', '127.0.0.1', '[::1]']
  return url?.protocol === 'http:' && names.includes(url.hostname) && !url.username && !url.password && !url.hash
}

/** RFC 7636, section 4.2: the SHA-256 of the verifier in base64url. */
export const isChallenge = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

export async function authorize(
  services: SignInServices,
  signInRequest: SignInRequest,
  person: Person,
  input: Consent,
): Promise<string> {
  const { world } = services.baseContext
  const code = Buffer.from(world.random(32)).toString('base64url')
  const now = world.now().getTime()
  const after = { client: input.clientId, name: input.name, expiresIn: input.expiresIn }
  await writeAsPerson(services, signInRequest, { person, action: 'authorizations.granted', after }, async (context) => {
    const owner = { kind: 'user', id: person.id, accountId: null } as const
    await assertLifetimeWithinRules(context, owner, input.expiresIn, '/expires-in')
    const purgeBefore = new Date(now - 86_400_000).toISOString()
    await insertCode(
      context.db,
      {
        hash: hashOfSecret(code),
        userId: person.id,
        redirectUri: input.redirectUri,
        challenge: input.codeChallenge,
        tokenName: input.name,
        expiresIn: input.expiresIn,
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + limits.authorizationCodeSeconds * 1_000).toISOString(),
        usedAt: null,
        tokenId: null,
      },
      purgeBefore,
    )
  })
  return code
}
