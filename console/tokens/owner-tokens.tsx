/** The tokens of one owner: those that can be used or have expired, or the revoked ones. */
import { SegmentedControl } from '@mantine/core'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { TokenTable } from './token-table.tsx'

const RevokedTokens = lazyComponent(async () => (await import('./revoked/revoked-tokens.tsx')).RevokedTokens)

export function OwnerTokens(props: TokenTable) {
  const [{ show }, change] = useUrlQuery()
  return (
    <>
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        aria-label="Tokens to show"
        value={show === 'revoked' ? show : 'current'}
        onChange={(value) =>
          change({ show: value === 'revoked' ? value : undefined, q: undefined, sort: undefined, page: undefined })
        }
        data={[
          { value: 'current', label: 'Active and expired' },
          { value: 'revoked', label: 'Revoked' },
        ]}
      />
      {show === 'revoked' ? (
        <RevokedTokens serviceAccountId={props.serviceAccountId ?? null} />
      ) : (
        <TokenTable {...props} />
      )}
    </>
  )
}
