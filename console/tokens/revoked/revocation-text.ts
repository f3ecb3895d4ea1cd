import type { Found } from '@mintmark/client'
import type { revokedAccessTokens } from '@mintmark/contract'

export type RevokedToken = Found<typeof revokedAccessTokens>

export const actorOf = ({ id, revokedByType, revokedById }: RevokedToken) => ({
  id,
  ...(revokedByType ? { actorType: revokedByType } : {}),
  actorId: revokedById ?? null,
})

/** Expired tokens become revoked tokens some days later. */
export const hasExpired = ({ reason, revokedByType, successorId }: RevokedToken): boolean =>
  !reason && !revokedByType && !successorId

export function reasonOf(token: RevokedToken): string {
  const { reason, successorId } = token
  if (reason) return reason.charAt(0).toUpperCase() + reason.slice(1)
  if (successorId) return 'Rotated'
  return hasExpired(token) ? 'Expired' : 'Revoked'
}
