/** Findings by kind, most urgent first, each with one action. */
import { Anchor, Badge, Button, Group, Text, Title } from '@mantine/core'
import { limits } from '@mintmark/contract'
import { CheckCircleIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { EmptyState, Loaded } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { LastSix } from '../tokens/token-text.tsx'
import type { OpenDialog } from './finding-dialogs.tsx'
import { type Finding, type FindingKind, findingText } from './finding-text.tsx'
import { findingTitles } from './finding-titles.ts'
import { FirstSteps } from './first-steps.tsx'
import { countFindings, type FindingsOfKind, formatLimited, overviewQuery } from './overview.ts'

const FindingDialogs = lazyComponent(async () => (await import('./finding-dialogs.tsx')).FindingDialogs)

export function NeedsAttention() {
  const account = useAccount()
  const [doing, setDoing] = useState<OpenDialog>({ what: 'nothing' })
  const query = useQuery(overviewQuery(account.id))
  const found = query.data?.findings ?? []
  return (
    <section className="panel" aria-label="Needs attention">
      <header>
        <Title order={2}>Needs attention</Title>
        {found.length > 0 && (
          <Text size="sm" c="dimmed">
            {countFindings(found)}
          </Text>
        )}
      </header>
      <Loaded of={query}>
        {({ serviceAccounts, findings }) => (
          <>
            {serviceAccounts === 0 && <FirstSteps />}
            {findings.map((group) => (
              <FindingGroup key={group.kind} of={group} onAct={(finding) => setDoing({ what: group.kind, finding })} />
            ))}
            {serviceAccounts > 0 && findings.length === 0 && (
              <EmptyState icon={CheckCircleIcon} title="All clear">
                No tokens are leaked, about to expire, unused or without an expiration, and every service account has
                access and an owner.
              </EmptyState>
            )}
          </>
        )}
      </Loaded>
      <FindingDialogs doing={doing} onClose={() => setDoing({ what: 'nothing' })} />
    </section>
  )
}

interface FindingGroup {
  readonly of: FindingsOfKind
  readonly onAct: (finding: Finding) => void
}

function FindingGroup({ of: { kind, count, first }, onAct }: FindingGroup) {
  const account = useAccount()
  const { description, icon: Icon, tone, list } = findingText[kind]
  const title = findingTitles[kind]
  const shown = formatLimited(count, limits.countedMatches)
  return (
    <section className="finding-group" aria-labelledby={`finding-${kind}`}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        <span className={`finding-icon ${tone}`}>
          <Icon size={16} />
        </span>
        <div>
          <Group gap={8}>
            <Title order={3} id={`finding-${kind}`}>
              {title}
            </Title>
            <Badge color={tone} aria-label={count === 1 ? '1 finding' : `${shown} findings`}>
              {shown}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        </div>
      </Group>
      <ul className="findings">
        {first.map((finding) => (
          <li key={finding.id}>
            <FindingName finding={finding} kind={kind} />
            <FindingAction finding={finding} kind={kind} onAct={onAct} />
          </li>
        ))}
      </ul>
      {count > first.length && (
        <Anchor
          component={Link}
          to={`/${account.id}${list.to}`}
          search={list.search as never}
          size="sm"
          className="see-all"
          aria-label={`See all ${shown}: ${title}`}
        >
          See all {shown}
        </Anchor>
      )}
    </section>
  )
}

function FindingName({ finding, kind }: { finding: Finding; kind: FindingKind }) {
  const isOfToken = kind.startsWith('token-')
  return (
    <div style={{ minWidth: 0 }}>
      <Text fw={600} className="break" component="div">
        {finding.name || (isOfToken ? 'Unnamed token' : finding.ownerEmail)}{' '}
        {isOfToken && (
          <Text span size="sm" c="dimmed" fw={400}>
            <LastSix of={finding.lastCharacters ?? ''} />
          </Text>
        )}
      </Text>
      <Text size="sm" c="dimmed" className="break" component="div">
        {findingText[kind].timeLabel} <Time at={finding.at} />
        {(finding.name || isOfToken) && <> · {finding.ownerEmail}</>}
      </Text>
    </div>
  )
}

/** The page to act on, if the action is not a dialog. */
function pathOf({ subjectId, ownerType, ownerId }: Finding, kind: FindingKind): string | null {
  if (kind === 'token-leaked') return `/leak-reports/${subjectId}`
  if (kind !== 'owner-inactive') return null
  return ownerType === 'user' ? `/iam/users/${ownerId}` : `/iam/service-accounts/${ownerId}`
}

/** The action of a finding; if unavailable, the button shows the reason. */
function FindingAction({
  finding,
  kind,
  onAct,
}: {
  finding: Finding
  kind: FindingKind
  onAct: (finding: Finding) => void
}) {
  const account = useAccount()
  const disabledReason = useDisabledReason(finding, kind)
  const { actionLabel, tone } = findingText[kind]
  const of = finding.name || finding.ownerEmail
  const to = pathOf(finding, kind)
  if (to)
    return (
      <Button
        component={Link}
        to={`/${account.id}${to}`}
        search={(finding.ownerType === 'user' && kind === 'owner-inactive' ? { tab: 'tokens' } : {}) as never}
        variant={tone === 'red' ? 'filled' : 'default'}
        {...(tone === 'red' ? { color: 'red' } : {})}
        aria-label={`${actionLabel}: ${of}`}
      >
        {actionLabel}
      </Button>
    )
  return (
    <ActionButton
      variant="default"
      aria-label={`${actionLabel}: ${of}`}
      disabledReason={disabledReason}
      onClick={() => onAct(finding)}
    >
      {actionLabel}
    </ActionButton>
  )
}

function useDisabledReason(finding: Finding, kind: FindingKind): string | null {
  const account = useAccount()
  const { user } = useSession()
  const denialReason = useDenialReason()
  const at = { account: account.id }
  if (kind === 'service-account-without-policy') return denialReason('accounts:set-access-policies', at)
  if (!kind.startsWith('token-') || finding.ownerType === 'service-account')
    return denialReason('service-accounts:update', at)
  if (finding.ownerId === user.id) return null
  return denialReason(kind === 'token-unused' ? 'access-tokens:delete' : 'access-tokens:update', at)
}
