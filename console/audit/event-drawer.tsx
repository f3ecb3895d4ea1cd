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
import { useAccount } from '../session/account.ts'
import { LastSix } from '../tokens/token-text.tsx'
import { changesIn } from './changes.ts'
import { EventNames, useNameOf, usePagePath } from './event-names.tsx'
import { clientOf, type Event, EventSentence } from './event-text.tsx'

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
        <EventNames of={[data]}>
          <Stack gap={18}>
            <Text size="lg">
              <EventSentence of={data} isLinked />
            </Text>
            <ChangesTable of={data} />
            <Facts of={factsOf(data)} />
          </Stack>
        </EventNames>
      )}
    </Loaded>
  )
}

/** A link that filters the list by a value of this event. */
const FilterLink = ({ member, value, children }: { member: string; value: string; children: ReactNode }) => (
  <Anchor component={Link} to="." search={{ [member]: value } as never} className="break" size="sm">
    {children}
  </Anchor>
)

interface NamedObject {
  readonly type: string
  readonly id: string
  /** Null if there is no such object any more. */
  readonly name: string | null | undefined
  readonly member: string
}

/** The name of an object with a link to its page, and its ID, which filters the list. */
function NamedObject({ type, id, name, member }: NamedObject) {
  const account = useAccount()
  const path = usePagePath(type, id)
  const label = name ?? (type === 'leak-reports' ? 'Leak report' : null)
  return (
    <>
      {label && (
        <div>
          {path ? (
            <Anchor component={Link} to={`/${account.id}/${path}`} className="break">
              {label}
            </Anchor>
          ) : (
            label
          )}
        </div>
      )}
      <FilterLink member={member} value={id}>
        <span className="mono">{id}</span>
      </FilterLink>
    </>
  )
}

/** The actor, with the name that surrounding `EventNames` has loaded. */
function Actor({ type, id }: { type: string; id: string }) {
  return <NamedObject type={type} id={id} name={useNameOf()(id)} member="actorId" />
}

function Target({ of: { subjectType = '', subjectName }, id }: { of: Event; id: string }) {
  return <NamedObject type={subjectType} id={id} name={useNameOf()(id) ?? subjectName} member="subjectId" />
}

function factsOf(event: Event): readonly (readonly [string, ReactNode])[] {
  const { actorType = '', actorId, subjectType = '', subjectId, tokenId, times = 1 } = event
  return [
    [
      'Time',
      <span key="when">
        {formatDateTime(event.at ?? '')} (<Time at={event.at} />)
      </span>,
    ],
    [
      'Action',
      <FilterLink key="action" member="action" value={event.action ?? ''}>
        <span className="mono">{event.action}</span>
      </FilterLink>,
    ],
    ['Actor', actorId ? <Actor key="actor" type={actorType} id={actorId} /> : 'System'],
    ['Target', subjectId ? <Target key="target" of={event} id={subjectId} /> : subjectType],
    [
      'Token',
      tokenId ? (
        <FilterLink key="token" member="tokenId" value={tokenId}>
          <LastSix of={event.tokenLastCharacters ?? ''} />
        </FilterLink>
      ) : (
        clientOf(actorType)
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
  const changes = changesIn(of, formatDateTime)
  if (changes.length === 0) return <Text c="dimmed">No fields changed.</Text>
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
        {changes.map(({ name, label, before, after }) => (
          <Table.Tr key={name}>
            <Table.Td className="break">{label}</Table.Td>
            <Table.Td className="break">{before}</Table.Td>
            <Table.Td className="break">{after}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
