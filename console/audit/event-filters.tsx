/** What the audit log is narrowed to beside search and action; all of it stands in the address. */
import { TextInput } from '@mantine/core'
import { serviceAccounts, users } from '@mintmark/contract'
import { useEffect, useState } from 'react'
import { nameOfPerson } from '../access/people.tsx'
import type { Address } from '../parts/address.ts'
import { Chip, MoreFilters } from '../parts/more-filters.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import { useByIds } from '../queries.ts'
import { useAccount } from '../session/account.ts'

export const filterNames = ['actorId', 'subjectId', 'tokenId', 'from', 'to'] as const

/** As the API asks for them: days are meant as they are here. */
export function filtersIn(address: Address): Readonly<Record<string, string>> {
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
  readonly address: Address
  readonly change: (change: Address) => void
}

export function EventFilters({ address, change }: EventFilters) {
  const account = useAccount()
  const active = filterNames.filter((name) => address[name])
  const set = (name: (typeof filterNames)[number]) => (value: string | null) =>
    change({ [name]: value || undefined, page: undefined })
  const actor = address.actorId ?? null
  const isMachine = actor?.startsWith('sa-') ?? false
  return (
    <MoreFilters
      chips={active.map((name) => (
        <ActiveFilter key={name} name={name} value={address[name] ?? ''} onRemove={() => set(name)(null)} />
      ))}
    >
      <TextInput
        type="date"
        label="From"
        value={address.from ?? ''}
        max={address.to}
        onChange={(event) => set('from')(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="Until the end of"
        value={address.to ?? ''}
        min={address.from}
        onChange={(event) => set('to')(event.currentTarget.value)}
      />
      <RecordSelect
        of={users}
        label="By a person"
        placeholder="Anybody"
        filters={{ account: account.id }}
        nameOf={nameOfPerson}
        aboutOf={({ email }) => email}
        value={isMachine ? null : actor}
        onChange={set('actorId')}
      />
      <RecordSelect
        of={serviceAccounts}
        label="By a service account"
        placeholder="Any"
        filters={{ account: account.id }}
        nameOf={({ name }) => name ?? ''}
        value={isMachine ? actor : null}
        onChange={set('actorId')}
      />
      <Id label="Done to, by id" value={address.subjectId} onChange={set('subjectId')} />
      <Id label="With the token, by id" value={address.tokenId} onChange={set('tokenId')} />
    </MoreFilters>
  )
}

const Id = ({
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

const words = { actorId: 'by', subjectId: 'done to', tokenId: 'with the token', from: 'from', to: 'until the end of' }

interface ActiveFilter {
  readonly name: (typeof filterNames)[number]
  readonly value: string
  readonly onRemove: () => void
}

function ActiveFilter({ name, value, onRemove }: ActiveFilter) {
  const people = useByIds(users, name === 'actorId' && !value.startsWith('sa-') ? [value] : [])
  const machines = useByIds(serviceAccounts, name === 'actorId' && value.startsWith('sa-') ? [value] : [])
  const person = people.get(value)
  const named = (person && nameOfPerson(person)) || machines.get(value)?.name || value
  return <Chip label={`${words[name]} ${named}`} onRemove={onRemove} />
}
