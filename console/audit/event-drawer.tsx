/** One event with all that is known of it: before and after, with which token, its place in the chain. */
import { Anchor, Drawer, Stack, Table, Text } from '@mantine/core'
import { auditEvents } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFocusBack } from '../parts/focus.ts'
import { Facts } from '../parts/page.tsx'
import { Loaded } from '../parts/states.tsx'
import { exactly, Time } from '../parts/time.tsx'
import { oneOf } from '../queries.ts'
import { LastSix } from '../tokens/token-text.tsx'
import { Actors } from './actors.tsx'
import { Deed, type Event } from './event-text.tsx'

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
      {id && <Shown id={id} />}
    </Drawer>
  )
}

function Shown({ id }: { id: string }) {
  useFocusBack()
  const event = useQuery(oneOf(auditEvents, 'show', { path: { auditEvent: id } }))
  return (
    <Loaded of={event}>
      {(data) => (
        <Actors of={[data]}>
          <Stack gap={18}>
            <Text size="lg">
              <Deed of={data} />
            </Text>
            <Changed of={data} />
            <Facts of={factsOf(data)} />
          </Stack>
        </Actors>
      )}
    </Loaded>
  )
}

/** The list, narrowed to what this one has in common with others. */
const Same = ({ member, value, children }: { member: string; value: string; children: ReactNode }) => (
  <Anchor component={Link} to="." search={{ [member]: value } as never} className="mono break" size="sm">
    {children}
  </Anchor>
)

function factsOf(event: Event): readonly (readonly [string, ReactNode])[] {
  const { actorId, subjectId, tokenId, times = 1 } = event
  return [
    [
      'When',
      <span key="when">
        <Time at={event.at} />, {exactly(event.at ?? '')}
      </span>,
    ],
    [
      'Action',
      <Same key="action" member="action" value={event.action ?? ''}>
        {event.action}
      </Same>,
    ],
    [
      'By',
      actorId ? (
        <Same key="actor" member="actorId" value={actorId}>
          {actorId}
        </Same>
      ) : (
        'Mintmark itself'
      ),
    ],
    [
      'To',
      subjectId ? (
        <Same key="subject" member="subjectId" value={subjectId}>
          {subjectId}
        </Same>
      ) : (
        event.subjectType
      ),
    ],
    [
      'With the token',
      tokenId ? (
        <Same key="token" member="tokenId" value={tokenId}>
          <LastSix of={event.tokenLastCharacters ?? ''} />
        </Same>
      ) : (
        'none: in the console, or by Mintmark itself'
      ),
    ],
    ['From', event.address ?? 'not known'],
    ...(times > 1 ? ([['Times', String(times)]] as const) : []),
    ['Request', event.requestId ?? 'none'],
    ['Place in the chain', event.position ? String(event.position) : 'not sealed yet'],
    [
      'Seal',
      <span key="seal" className="mono break">
        {event.seal ?? 'not sealed yet'}
      </span>,
    ],
  ]
}

function Changed({ of }: { of: Event }) {
  const before = (of.before ?? {}) as Record<string, unknown>
  const after = (of.after ?? {}) as Record<string, unknown>
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  if (names.length === 0) return <Text c="dimmed">No members changed.</Text>
  return (
    <Table aria-label="What changed" withTableBorder layout="fixed" fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Member</Table.Th>
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {names.map((name) => (
          <Table.Tr key={name}>
            <Table.Td className="break">{name}</Table.Td>
            <Table.Td className="mono break">{told(before[name])}</Table.Td>
            <Table.Td className="mono break">{told(after[name])}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const told = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
