/** A token: state, owner, limits, token family, uses and audit events. Revoked tokens have a page until they are deleted. */
import { Badge } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { accessTokens, revokedAccessTokens } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { ActivityPanel } from '../../audit/activity-panel.tsx'
import { EventNames } from '../../audit/event-names.tsx'
import { Facts, Page, Panel } from '../../parts/page.tsx'
import { ErrorState, Loading } from '../../parts/states.tsx'
import { Tabs, useTab } from '../../parts/tabs.tsx'
import { recordQuery } from '../../queries.ts'
import { useAccount } from '../../session/account.ts'
import { useCanList, useDenialReason } from '../../session/rights.ts'
import { useSession } from '../../session/session.ts'
import { actorOf } from '../../tokens/revoked/revocation-text.ts'
import { titleOf } from '../../tokens/token-text.tsx'
import { TokenUses } from '../../tokens/token-uses.tsx'
import { TokenActions } from './token-actions.tsx'
import { isRevoked, type ShownToken, stateOf, tokenFacts } from './token-facts.tsx'

export function TokenPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { token, error, again } = useToken(id)
  const parent = useParent(token)
  if (token) return <Shown of={token} parent={parent} />
  return (
    <Page title="Token" parent={parent}>
      {error ? <ErrorState error={error} again={again} /> : <Loading />}
    </Page>
  )
}

/** Revoked tokens are a resource of their own. A token can be revoked while its page is open. */
function useToken(id: string) {
  const include = ['createdBy']
  const live = useQuery(recordQuery(accessTokens, 'show', { path: { accessToken: id }, include }))
  const isMissing = live.error instanceof Refused && live.error.status === 404
  const revoked = useQuery({
    ...recordQuery(revokedAccessTokens, 'show', { path: { revokedAccessToken: id }, include }),
    enabled: isMissing,
  })
  const { data, error, refetch } = isMissing ? revoked : live
  const token: ShownToken | undefined = data
  return { token, error, again: () => void refetch() }
}

/** The list that contains the token. */
function useParent(token: ShownToken | undefined): { readonly to: string; readonly label: string } {
  const account = useAccount()
  const { user } = useSession()
  const canReadAll = useDenialReason()('access-tokens:read', { account: account.id }) === null
  if (token?.ownerType === 'service-account')
    return { to: `/${account.id}/iam/service-accounts/${token.ownerId}`, label: token.ownerEmail ?? 'Service account' }
  if (token?.ownerId === user.id || !canReadAll) return { to: '/profile', label: 'Profile' }
  return { to: `/${account.id}/token-report`, label: 'Token report' }
}

function Shown({ of, parent }: { of: ShownToken; parent: ReturnType<typeof useParent> }) {
  const account = useAccount()
  const canReadEvents = useCanList(account.id)('audit-events:read')
  const tabs = [
    { key: 'overview', name: 'Overview' },
    { key: 'uses', name: 'Uses' },
    ...(canReadEvents ? [{ key: 'activity', name: 'Activity' }] : []),
  ]
  const tab = useTab(tabs)
  const title = titleOf(of)
  const { label, color } = stateOf(of)
  return (
    <Page
      title={title}
      parent={parent}
      about={of.description}
      badge={<Badge color={color}>{label}</Badge>}
      actions={isRevoked(of) ? undefined : <TokenActions of={of} />}
    >
      <Tabs label={title} of={tabs} />
      {tab === 'overview' && (
        <Panel title="Details">
          <EventNames of={isRevoked(of) ? [actorOf(of)] : []}>
            <Facts of={tokenFacts(of)} />
          </EventNames>
        </Panel>
      )}
      {tab === 'uses' && <TokenUses id={of.id} isRevoked={isRevoked(of)} />}
      {tab === 'activity' && <ActivityPanel of={of.id} actorFilter="tokenId" />}
    </Page>
  )
}
