/** Exchanges an authorization code for a token. The token is created only now, so no token waits to be fetched. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { personById } from '../../identity/users/person.ts'
import { findRelatives } from '../../tokens/leaked.ts'
import { mint } from '../../tokens/mint.ts'
import { revokeTokens } from '../../tokens/revoke.ts'
import { hashOfSecret } from '../secret-hash.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../services.ts'
import { type CodeRow, findCode, markCodeUsed } from './code-store.ts'

export interface Exchange {
  readonly code: string
  readonly verifier: string
  readonly redirectUri: string
}

export interface Exchanged {
  readonly token: Secret
  /** Seconds; null for a token that does not expire. */
  readonly expiresIn: number | null
}

const invalidGrant = () =>
  new Refusal('invalid-grant', { detail: 'This code was already used, has expired, or was issued to another client.' })

export async function exchange(
  services: SignInServices,
  signInRequest: SignInRequest,
  input: Exchange,
): Promise<Exchanged> {
  const { database, baseContext } = services
  const hash = hashOfSecret(input.code)
  const code = await findCode(database.read, hash)
  const person = code && (await personById(database.read, code.userId))
  if (!code || person?.status !== 'Active' || !isFor(code, input)) throw invalidGrant()
  if (code.expiresAt <= baseContext.world.now().toISOString() && code.usedAt === null) throw invalidGrant()
  const { tokenName: name, expiresIn } = code
  const token = await writeAsPerson(
    services,
    signInRequest,
    { person, action: 'authorizations.exchanged' },
    async (context) => {
      const row = await findCode(context.db, hash)
      if (!row) throw invalidGrant()
      // A second use means that the code was stolen, by the first client or by the second (RFC 6749, section 4.1.2).
      if (row.usedAt !== null) {
        if (row.tokenId !== null)
          await revokeTokens(context, await tokensOfCode(context, row.tokenId), 'code used twice')
        return null
      }
      const minted = await mint(context, { kind: 'user', id: person.id, accountId: null }, { name, expiresIn })
      await markCodeUsed(context.db, hash, { usedAt: context.world.now().toISOString(), tokenId: minted.id })
      return minted.once.token
    },
  )
  if (!token) throw invalidGrant()
  return { token, expiresIn: expiresIn === null ? null : expiresIn * 60 }
}

/** The token of the code, its successors, and the tokens it created: the first client may have been the attacker. */
const tokensOfCode = async ({ db }: Context, tokenId: string) => [tokenId, ...(await findRelatives(db, tokenId))]

function isFor({ challenge, redirectUri }: CodeRow, input: Exchange): boolean {
  const actual = createHash('sha256').update(input.verifier).digest()
  const expected = Buffer.from(challenge, 'base64url')
  return redirectUri === input.redirectUri && expected.length === actual.length && timingSafeEqual(expected, actual)
}
