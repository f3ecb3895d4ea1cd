import { accessTokens, auditEvents, revokedAccessTokens } from '@mintmark/contract'
import type { Confirmation } from '../parts/confirm.tsx'
import { showToast } from '../parts/toast.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { LastUse } from './last-use.tsx'
import { nameOf, type Token, titleOf } from './token-text.tsx'

/** The confirmation before a token is revoked. */
export const revokeConfirmation = (
  token: Token,
  { unusedSince = null }: { readonly unusedSince?: string | null } = {},
): Confirmation => ({
  title: `Revoke token “${titleOf(token)}”?`,
  submitLabel: 'Revoke token',
  children: (
    <>
      Requests that use <b className="break">{nameOf(token)}</b> start failing immediately. This cannot be undone.
      <LastUse of={token} unusedSince={unusedSince} />
    </>
  ),
  onConfirm: async () => {
    await call(accessTokens, 'remove', { path: { accessToken: token.id } })
    showToast({ message: `Revoked ${nameOf(token)}.` })
    await invalidate(accessTokens, revokedAccessTokens, auditEvents)
  },
})
