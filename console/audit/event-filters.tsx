/** Additional filters of the audit log. They are kept in the URL query. */
import { TextInput } from '@mantine/core'
import { serviceAccounts, users } from '@mintmark/contract'
import { useEffect, useState } from 'react'
import { displayName } from '../access/subjects.tsx'
import { Chip, MoreFilters } from '../parts/more-filters.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import type { UrlQuery } from '../parts/url-query.ts'
import { useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'

export const filterNames = ['actorId', 'subjectId', 'tokenId', 'from', 'to'] as const

/** Returns the filters of the API. Days are in local time. */
export function eventFiltersFrom(address: UrlQuery): Readonly<Record<string, string>> {
  const { actorId, subjectId, tokenId, from, to } = address
  const start = from ? Date.parse(`${from}T00:00:00`) : Number.NaN
  const end = to ? Date.parse(`${to}T00:00:00`) + 86_400_000 : Number.NaN
  return {
    ...(actorId ? { actorId } : {}),
    ...(subjectId ? { subjectId } : {}),
    ...(tokenId ? { tokenId } : {}),
    ...(Number.isNaN(start) ? {} : { after: new Date(start).toISOString() }),
    ...(Number.isNaN(end) ? {} : { before: new Date(end).toISOString() }),
  }
}

interface EventFilters {
  readonly address: UrlQuery
  readonly change: (change: UrlQuery) => void
}

export function EventFilters({ address, change }: EventFilters) {
  const account = useAccount()
  const active = filterNames.filter((name) => address[name])
  const set = (name: (typeof filterNames)[number]) => (value: string | null) =>
    change({ [name]: value || undefined, page: undefined })
  const actor = address['actorId'] ?? null
  const isServiceAccount = actor?.startsWith('sa-') ?? false
  return (
    <MoreFilters
      chips={active.map((name) => (
        <ActiveFilter key={name} name={name} value={address[name] ?? ''} onRemove={() => set(name)(null)} />
      ))}
    >
      <TextInput
        type="date"
        label="From"
        value={address['from'] ?? ''}
        max={address['to']}
        onChange={(event) => set('from')(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="To"
        value={address['to'] ?? ''}
        min={address['from']}
        onChange={(event) => set('to')(event.currentTarget.value)}
      />
      <RecordSelect
        of={users}
        label="User"
        placeholder="Any"
        filters={{ account: account.id }}
        nameOf={displayName}
        aboutOf={({ email }) => email}
        value={isServiceAccount ? null : actor}
        onChange={set('actorId')}
      />
      <RecordSelect
        of={serviceAccounts}
        label="Service account"
        placeholder="Any"
        filters={{ account: account.id }}
        nameOf={({ name }) => name ?? ''}
        value={isServiceAccount ? actor : null}
        onChange={set('actorId')}
      />
      <IdField label="Target ID" value={address['subjectId']} onChange={set('subjectId')} />
      <IdField label="Token ID" value={address['tokenId']} onChange={set('tokenId')} />
    </MoreFilters>
  )
}

const IdField = ({
  label,
  value = '',
  onChange,
}: {
  label: string
  value?: string | undefined
  onChange: (id: string) => void
}) => {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  return (
    <TextInput
      label={label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      spellCheck={false}
      autoComplete="off"
      onBlur={() => typed.trim() !== value && onChange(typed.trim())}
      onKeyDown={(event) => event.key === 'Enter' && onChange(typed.trim())}
    />
  )
}

const filterLabels = { actorId: 'Actor', subjectId: 'Target', tokenId: 'Token', from: 'From', to: 'To' }

interface ActiveFilter {
  readonly name: (typeof filterNames)[number]
  readonly value: string
  readonly onRemove: () => void
}

function ActiveFilter({ name, value, onRemove }: ActiveFilter) {
  const knownUsers = useRecordsById(users, name === 'actorId' && !value.startsWith('sa-') ? [value] : [])
  const knownServiceAccounts = useRecordsById(
    serviceAccounts,
    name === 'actorId' && value.startsWith('sa-') ? [value] : [],
  )
  const person = knownUsers.get(value)
  const named = (person && displayName(person)) || knownServiceAccounts.get(value)?.name || value
  return <Chip label={`${filterLabels[name]}: ${named}`} onRemove={onRemove} />
}
