/** The details of an audit event: changed fields, token, and position in the chain. */
import { Anchor, Drawer, Stack, Table, Text } from '@mantine/core'
import { auditEvents } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useRestoreFocus } from '../parts/focus.ts'
import { Facts } from '../parts/page.tsx'
import { Loaded } from '../parts/states.tsx'
import { formatDateTime, Time } from '../parts/time.tsx'
import { recordQuery } from '../queries.ts'
import { LastSix } from '../tokens/token-text.tsx'
import { ActorNames } from './actor-names.tsx'
import { type Event, EventSentence } from './event-text.tsx'

export function EventDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      title="Audit event"
      position="right"
      size="lg"
      attributes={{ header: { role: 'presentation' } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {id && <EventDetails id={id} />}
    </Drawer>
  )
}

function EventDetails({ id }: { id: string }) {
  useRestoreFocus()
  const event = useQuery(recordQuery(auditEvents, 'show', { path: { auditEvent: id } }))
  return (
    <Loaded of={event}>
      {(data) => (
        <ActorNames of={[data]}>
          <Stack gap={18}>
            <Text size="lg">
              <EventSentence of={data} />
            </Text>
            <ChangesTable of={data} />
            <Facts of={factsOf(data)} />
          </Stack>
        </ActorNames>
      )}
    </Loaded>
  )
}

/** A link that filters the list by a value of this event. */
const FilterLink = ({ member, value, children }: { member: string; value: string; children: ReactNode }) => (
  <Anchor component={Link} to="." search={{ [member]: value } as never} className="mono break" size="sm">
    {children}
  </Anchor>
)

function factsOf(event: Event): readonly (readonly [string, ReactNode])[] {
  const { actorId, subjectId, tokenId, times = 1 } = event
  return [
    [
      'Time',
      <span key="when">
        <Time at={event.at} />, {formatDateTime(event.at ?? '')}
      </span>,
    ],
    [
      'Action',
      <FilterLink key="action" member="action" value={event.action ?? ''}>
        {event.action}
      </FilterLink>,
    ],
    [
      'Actor',
      actorId ? (
        <FilterLink key="actor" member="actorId" value={actorId}>
          {actorId}
        </FilterLink>
      ) : (
        'System'
      ),
    ],
    [
      'Target',
      subjectId ? (
        <FilterLink key="subject" member="subjectId" value={subjectId}>
          {subjectId}
        </FilterLink>
      ) : (
        event.subjectType
      ),
    ],
    [
      'Token',
      tokenId ? (
        <FilterLink key="token" member="tokenId" value={tokenId}>
          <LastSix of={event.tokenLastCharacters ?? ''} />
        </FilterLink>
      ) : (
        'None (console or system)'
      ),
    ],
    ['IP address', event.address ?? 'Unknown'],
    ...(times > 1 ? ([['Count', String(times)]] as const) : []),
    ['Request ID', event.requestId ?? 'None'],
    ['Chain position', event.position ? String(event.position) : 'Not sealed yet'],
    [
      'Seal',
      <span key="seal" className="mono break">
        {event.seal ?? 'Not sealed yet'}
      </span>,
    ],
  ]
}

function ChangesTable({ of }: { of: Event }) {
  const before = (of.before ?? {}) as Record<string, unknown>
  const after = (of.after ?? {}) as Record<string, unknown>
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  if (names.length === 0) return <Text c="dimmed">No fields changed.</Text>
  return (
    <Table aria-label="Changes" withTableBorder layout="fixed" fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Field</Table.Th>
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {names.map((name) => (
          <Table.Tr key={name}>
            <Table.Td className="break">{name}</Table.Td>
            <Table.Td className="mono break">{formatValue(before[name])}</Table.Td>
            <Table.Td className="mono break">{formatValue(after[name])}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const formatValue = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
