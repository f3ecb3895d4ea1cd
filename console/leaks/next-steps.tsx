/** What to do about a leaked token. */
import { Anchor, List } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Panel } from '../parts/page.tsx'
import { useAccount } from '../session/account.ts'
import { ExternalLink } from './external-link.tsx'
import type { Leak } from './leak-text.tsx'

const removalGuide =
  'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository'

export function NextSteps({ of }: { of: Leak }) {
  const account = useAccount()
  const owners = of.ownerType === 'user' ? 'users' : 'service-accounts'
  return (
    <Panel title="Next steps">
      <List type="ordered" spacing={6} className="prose">
        {of.tokenState !== 'inactive' && (
          <List.Item>
            Revoke the token under <b>Contain the leak</b>. Until then, anyone who found it can use it.
          </List.Item>
        )}
        {of.ownerType !== 'agent-pool' && (
          <List.Item>
            Create a replacement token on{' '}
            <Anchor component={Link} to={`/${account.id}/iam/${owners}/${of.ownerId}`}>
              the page of its owner
            </Anchor>
            .
          </List.Item>
        )}
        <List.Item>
          Review what the token was used for in the{' '}
          <Anchor component={Link} to={`/${account.id}/audit-events`} search={{ tokenId: of.tokenId } as never}>
            audit events
          </Anchor>
          .
        </List.Item>
        <List.Item>
          Remove the token from where it was found. In a Git repository, it also stays in the history:{' '}
          <ExternalLink href={removalGuide}>how to remove it</ExternalLink>.
        </List.Item>
        <List.Item>
          Block the next leak before it is pushed, with{' '}
          <Anchor component={Link} to={`/${account.id}/github-secret-scanning`}>
            secret scanning
          </Anchor>
          .
        </List.Item>
      </List>
    </Panel>
  )
}
