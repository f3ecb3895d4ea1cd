import type { Found } from '@mintmark/client'
import type { revokedAccessTokens } from '@mintmark/contract'

export type RevokedToken = Found<typeof revokedAccessTokens>

export const actorOf = ({ id, revokedByType, revokedById }: RevokedToken) => ({
  id,
  ...(revokedByType ? { actorType: revokedByType } : {}),
  actorId: revokedById ?? null,
})

export function reasonOf({ reason, revokedByType, successorId }: RevokedToken): string {
  if (reason) return reason.charAt(0).toUpperCase() + reason.slice(1)
  if (successorId) return 'Rotated'
  return revokedByType ? 'Revoked' : 'Expired'
}
