/** What needs somebody, the most urgent first, each with its one act. */
import { Badge, Box, Button, Group, Text, Title } from '@mantine/core'
import { findingKinds, findings, serviceAccounts } from '@mintmark/contract'
import { CheckCircleIcon } from '@primer/octicons-react'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { fetched } from '../parts/fetched.tsx'
import { PageButtons } from '../parts/page-buttons.tsx'
import { Failed, Loading, Nothing } from '../parts/states.tsx'
import { counted, Time } from '../parts/time.tsx'
import { pageOf } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { LastSix } from '../tokens/token-text.tsx'
import type { Doing } from './finding-dialogs.tsx'
import { type Finding, type FindingKind, wordsOf } from './finding-text.tsx'
import { FirstSteps } from './first-steps.tsx'

const FindingDialogs = fetched(async () => (await import('./finding-dialogs.tsx')).FindingDialogs)

const pageSize = 5
const firstPage = { number: 1, size: pageSize }

export function Attention() {
  const account = useAccount()
  const [pages, setPages] = useState<Partial<Record<FindingKind, number>>>({})
  const [doing, setDoing] = useState<Doing>({ what: 'nothing' })
  const found = useQueries({
    queries: findingKinds.map((kind) =>
      pageOf(findings, 'list', {
        filters: { account: account.id, kind },
        sort: ['at'],
        page: { ...firstPage, number: pages[kind] ?? 1 },
      }),
    ),
  })
  const machines = useQuery(
    pageOf(serviceAccounts, 'list', { filters: { account: account.id }, page: { number: 1, size: 1 } }),
  )
  const isNew = machines.data?.totalCount === 0
  const failed = found.find(({ error }) => error)
  const groups = findingKinds.flatMap((kind, index) => {
    const page = found[index]?.data
    return page && page.totalCount > 0 ? [{ kind, page }] : []
  })
  const total = groups.reduce((sum, { page }) => sum + page.totalCount, 0)
  return (
    <section className="panel" aria-label="Needs attention">
      <header>
        <Title order={2}>Needs attention</Title>
        {total > 0 && (
          <Text size="sm" c="dimmed">
            {counted(total, 'thing')}
          </Text>
        )}
      </header>
      {failed ? (
        <Failed error={failed.error} again={() => void Promise.all(found.map(({ refetch }) => refetch()))} />
      ) : [machines, ...found].some(({ isPending }) => isPending) ? (
        <Loading />
      ) : groups.length === 0 && !isNew ? (
        <Nothing icon={CheckCircleIcon} title="Nothing needs you">
          No token is leaked, about to end, unused or endless, and every service account has access and an owner.
        </Nothing>
      ) : (
        <>
          {isNew && <FirstSteps />}
          {groups.map(({ kind, page }) => (
            <KindGroup
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

interface KindGroup {
  readonly kind: FindingKind
  readonly rows: readonly Finding[]
  readonly total: number
  readonly page: number
  readonly onPage: (number: number) => void
  readonly onAct: (finding: Finding) => void
}

function KindGroup({ kind, rows, total, page, onPage, onAct }: KindGroup) {
  const { title, about, icon: Icon, tone } = wordsOf[kind]
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
            <Badge color={tone} aria-label={counted(total, 'of them', 'of them')}>
              {total.toLocaleString('en')}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
      </Group>
      <ul className="findings">
        {rows.map((finding) => (
          <li key={finding.id}>
            <Named finding={finding} kind={kind} />
            <Act finding={finding} kind={kind} onAct={onAct} />
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

function Named({ finding, kind }: { finding: Finding; kind: FindingKind }) {
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
        {wordsOf[kind].when} <Time at={finding.at} />
        {(finding.name || isOfToken) && <> · {finding.ownerEmail}</>}
      </Text>
    </div>
  )
}

/** Where the act is, when it takes a page of its own. */
function placeOf({ subjectId, ownerType, ownerId }: Finding, kind: FindingKind): string | null {
  if (kind === 'token-leaked') return `/leak-reports/${subjectId}`
  if (kind !== 'owner-inactive') return null
  return ownerType === 'user' ? `/iam/users/${ownerId}` : `/iam/service-accounts/${ownerId}`
}

/** The one act, by name; out of reach it says why. */
function Act({ finding, kind, onAct }: { finding: Finding; kind: FindingKind; onAct: (finding: Finding) => void }) {
  const account = useAccount()
  const why = useWhyNotEnd(finding, kind)
  const { deed, tone } = wordsOf[kind]
  const of = finding.name || finding.ownerEmail
  const to = placeOf(finding, kind)
  if (to)
    return (
      <Button
        component={Link}
        to={`/${account.id}${to}`}
        search={(finding.ownerType === 'user' && kind === 'owner-inactive' ? { tab: 'tokens' } : {}) as never}
        variant={tone === 'red' ? 'filled' : 'default'}
        {...(tone === 'red' ? { color: 'red' } : {})}
        aria-label={`${deed}: ${of}`}
      >
        {deed}
      </Button>
    )
  return (
    <ActionButton variant="default" aria-label={`${deed}: ${of}`} why={why} onClick={() => onAct(finding)}>
      {deed}
    </ActionButton>
  )
}

function useWhyNotEnd(finding: Finding, kind: FindingKind): string | null {
  const account = useAccount()
  const { user } = useSession()
  const whyNot = useWhyNot()
  const at = { account: account.id }
  if (kind === 'service-account-without-policy') return whyNot('accounts:set-access-policies', at)
  if (!kind.startsWith('token-') || finding.ownerType === 'service-account')
    return whyNot('service-accounts:update', at)
  if (finding.ownerId === user.id) return null
  return whyNot(kind === 'token-unused' ? 'access-tokens:delete' : 'access-tokens:update', at)
}
