import { revokedAccessTokens } from '@mintmark/contract'
import { column, resourceView } from '../../database/views/resource-view.ts'
import { accessTokenView, isIdOrLastCharacters, tokenColumns } from '../access-token-view.ts'
import { findRevocations } from './revocation-event-store.ts'

export const revokedTokenView = resourceView(revokedAccessTokens, {
  from: 'access_tokens t',
  columns: { ...tokenColumns, revokedAt: column<string>('t.revoked_at') },
  filters: { name: 't.name', family: 't.family', serviceAccount: 't.owner_id' },
  internalFilters: { owner: 't.owner_id', accessToken: 't.id' },
  search: ['t.id', 't.name', 't.description', 't.last_characters'],
  lookups: { exact: isIdOrLastCharacters },
  sorts: { revokedAt: 't.revoked_at' },
  defaultSort: [{ key: 'revokedAt', descending: true }],
  scope: { account: 't.account_id' },
  listed: 't.revoked_at is not null',
  complete: async (db, rows, viewer) => {
    const tokens = await accessTokenView.complete(db, rows, viewer)
    const revocations = await findRevocations(db, tokens)
    const unknown = { reason: null, revokedByType: null, revokedById: null }
    return tokens.map((token) => ({
      ...token,
      revokedAt: token.revokedAt ?? '',
      ...(revocations.get(token.id) ?? unknown),
    }))
  },
  paths: ({ accounts }) => accounts.map((account) => ({ account })),
  aspect: ({ ownerType }) => ownerType,
  own: ({ ownerType, ownerId }, { id, narrowed }) =>
    ownerType === 'user' && ownerId === id && !narrowed ? 'read' : undefined,
})
