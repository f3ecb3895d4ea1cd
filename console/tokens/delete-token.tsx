import { accessTokens, auditEvents } from '@mintmark/contract'
import type { Confirmation } from '../parts/confirm.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { nameOf, type Token, titleOf } from './token-text.tsx'

/** The question before a token is ended for good. */
export const deletionOf = (
  token: Token,
  { unusedSince = null }: { readonly unusedSince?: string | null } = {},
): Confirmation => ({
  title: `Delete ${titleOf(token)}?`,
  deed: 'Delete token',
  children: (
    <>
      Whatever uses <b className="break">{nameOf(token)}</b> is refused from the next request on. This cannot be undone.
      <br />
      {unusedSince ? (
        <>
          It is unused since <Time at={unusedSince} />.
        </>
      ) : (
        <>
          Last used: <Time at={token.lastUsedAt} />.
        </>
      )}
    </>
  ),
  run: async () => {
    await call(accessTokens, 'remove', { path: { accessToken: token.id } })
    showToast({ message: `Deleted ${nameOf(token)}. It is refused from now on.` })
    await refresh(accessTokens, auditEvents)
  },
})
