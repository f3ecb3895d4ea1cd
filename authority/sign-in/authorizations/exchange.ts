/** Exchanges a code for the token that was agreed to. The token is made only now, so none waits anywhere. */
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
  /** Seconds; null: without end. */
  readonly expiresIn: number | null
}

const refused = () =>
  new Refusal('invalid-grant', { detail: 'This code was used, has ended, or was made for another.' })

export async function exchange(services: SignInServices, asking: SignInRequest, wish: Exchange): Promise<Exchanged> {
  const { database, baseContext } = services
  const hash = hashOfSecret(wish.code)
  const seen = await findCode(database.read, hash)
  const person = seen && (await personById(database.read, seen.userId))
  if (!seen || person?.status !== 'Active' || !isFor(seen, wish)) throw refused()
  if (seen.expiresAt <= baseContext.world.now().toISOString() && seen.usedAt === null) throw refused()
  const { tokenName: name, expiresIn } = seen
  const token = await writeAsPerson(
    services,
    asking,
    { person, action: 'authorizations.exchanged' },
    async (context) => {
      const row = await findCode(context.db, hash)
      if (!row) throw refused()
      // Whoever comes second holds what the first one held: one of the two is a thief (RFC 6749 section 4.1.2).
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
  if (!token) throw refused()
  return { token, expiresIn: expiresIn === null ? null : expiresIn * 60 }
}

/** Also what the token was rotated to, and what it created: the thief may have been first. */
const tokensOfCode = async ({ db }: Context, tokenId: string) => [tokenId, ...(await findRelatives(db, tokenId))]

function isFor({ challenge, redirectUri }: CodeRow, wish: Exchange): boolean {
  const found = createHash('sha256').update(wish.verifier).digest()
  const wanted = Buffer.from(challenge, 'base64url')
  return redirectUri === wish.redirectUri && wanted.length === found.length && timingSafeEqual(wanted, found)
}
