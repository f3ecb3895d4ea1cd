/** Findings by kind, most urgent first, each with one action. */
import { Badge, Box, Button, Group, Text, Title } from '@mantine/core'
import { findingKinds, findings, limits, serviceAccounts } from '@mintmark/contract'
import { CheckCircleIcon } from '@primer/octicons-react'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { PageButtons } from '../parts/page-buttons.tsx'
import { EmptyState, ErrorState, Loading } from '../parts/states.tsx'
import { formatCount, Time } from '../parts/time.tsx'
import { pageQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { LastSix } from '../tokens/token-text.tsx'
import type { OpenDialog } from './finding-dialogs.tsx'
import { type Finding, type FindingKind, findingText } from './finding-text.tsx'
import { FirstSteps } from './first-steps.tsx'

const FindingDialogs = lazyComponent(async () => (await import('./finding-dialogs.tsx')).FindingDialogs)

const pageSize = 5
const firstPage = { number: 1, size: pageSize }

/** The sum of counts, each of which stops after a limit: "1,000+ items" if one of them did. */
function countItems(counts: readonly number[]): string {
  const max = limits.countedMatches
  const sum = counts.reduce((total, count) => total + Math.min(count, max), 0)
  return counts.some((count) => count > max) ? `${sum.toLocaleString('en')}+ items` : formatCount(sum, 'item')
}

export function NeedsAttention() {
  const account = useAccount()
  const [pages, setPages] = useState<Partial<Record<FindingKind, number>>>({})
  const [doing, setDoing] = useState<OpenDialog>({ what: 'nothing' })
  const found = useQueries({
    queries: findingKinds.map((kind) =>
      pageQuery(findings, 'list', {
        filters: { account: account.id, kind },
        sort: ['at'],
        page: { ...firstPage, number: pages[kind] ?? 1 },
      }),
    ),
  })
  const machines = useQuery(
    pageQuery(serviceAccounts, 'list', { filters: { account: account.id }, page: { number: 1, size: 1 } }),
  )
  const isNew = machines.data?.totalCount === 0
  const failed = found.find(({ error }) => error)
  const groups = findingKinds.flatMap((kind, index) => {
    const page = found[index]?.data
    return page && page.totalCount > 0 ? [{ kind, page }] : []
  })
  return (
    <section className="panel" aria-label="Needs attention">
      <header>
        <Title order={2}>Needs attention</Title>
        {groups.length > 0 && (
          <Text size="sm" c="dimmed">
            {countItems(groups.map(({ page }) => page.totalCount))}
          </Text>
        )}
      </header>
      {failed ? (
        <ErrorState error={failed.error} again={() => void Promise.all(found.map(({ refetch }) => refetch()))} />
      ) : [machines, ...found].some(({ isPending }) => isPending) ? (
        <Loading />
      ) : groups.length === 0 && !isNew ? (
        <EmptyState icon={CheckCircleIcon} title="All clear">
          No tokens are leaked, about to expire, unused or without an expiration, and every service account has access
          and an owner.
        </EmptyState>
      ) : (
        <>
          {isNew && <FirstSteps />}
          {groups.map(({ kind, page }) => (
            <FindingGroup
              key={kind}
              kind={kind}
              rows={page.records}
              total={page.totalCount}
              page={pages[kind] ?? 1}
              onPage={(number) => setPages({ ...pages, [kind]: number })}
              onAct={(finding) => setDoing({ what: kind, finding })}
            />
          ))}
        </>
      )}
      <FindingDialogs doing={doing} onClose={() => setDoing({ what: 'nothing' })} />
    </section>
  )
}

interface FindingGroup {
  readonly kind: FindingKind
  readonly rows: readonly Finding[]
  readonly total: number
  readonly page: number
  readonly onPage: (number: number) => void
  readonly onAct: (finding: Finding) => void
}

function FindingGroup({ kind, rows, total, page, onPage, onAct }: FindingGroup) {
  const { title, description, icon: Icon, tone } = findingText[kind]
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
            <Badge color={tone} aria-label={countItems([total])}>
              {countItems([total]).split(' ', 1)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        </div>
      </Group>
      <ul className="findings">
        {rows.map((finding) => (
          <li key={finding.id}>
            <FindingName finding={finding} kind={kind} />
            <FindingAction finding={finding} kind={kind} onAct={onAct} />
          </li>
        ))}
      </ul>
      {total > pageSize && (
        <Box mt={4} ml={24}>
          <PageButtons
            size="xs"
            total={Math.ceil(total / pageSize)}
            value={page}
            onChange={onPage}
            of={title.toLowerCase()}
          />
        </Box>
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
