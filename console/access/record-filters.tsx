/** Filters by related records. They are kept in the URL query. */
import { environments, type Resource, roles, serviceAccounts, teams, users } from '@mintmark/contract'
import { Chip, MoreFilters } from '../parts/more-filters.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import type { UrlQuery } from '../parts/url-query.ts'
import { useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { displayName } from './subjects.tsx'

interface NamedRecord {
  readonly name?: string | undefined
  readonly fullName?: string | null | undefined
  readonly email?: string | undefined
}

const nameOf = (record: NamedRecord): string => record.name ?? displayName({ email: '', ...record } as never)

interface RecordField {
  /** The name in the URL query and in the API. */
  readonly name: string
  readonly of: Resource
  readonly label: string
}

export const policyFields: readonly RecordField[] = [
  { name: 'role', of: roles, label: 'Role' },
  { name: 'team', of: teams, label: 'Team' },
  { name: 'user', of: users, label: 'User' },
  { name: 'serviceAccount', of: serviceAccounts, label: 'Service account' },
  { name: 'environment', of: environments, label: 'Environment' },
]

export const ownerFields: readonly RecordField[] = [{ name: 'owner', of: teams, label: 'Owner' }]

/** Returns the filters of the API. */
export const recordFiltersFrom = (
  fields: readonly RecordField[],
  address: UrlQuery,
): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.flatMap(({ name }) => (address[name] ? [[name, address[name]]] : [])))

interface RecordFilters {
  readonly fields: readonly RecordField[]
  readonly address: UrlQuery
  readonly change: (change: UrlQuery) => void
}

export function RecordFilters({ fields, address, change }: RecordFilters) {
  const account = useAccount()
  const set = (name: string) => (id: string | null) => change({ [name]: id ?? undefined, page: undefined })
  return (
    <MoreFilters
      chips={fields.map(({ name, of, label }) => {
        const id = address[name]
        return id && <ActiveFilter key={name} of={of} id={id} label={label} onRemove={() => set(name)(null)} />
      })}
    >
      {fields.map(({ name, of, label }) => (
        <RecordSelect
          key={name}
          of={of as typeof teams}
          label={label}
          placeholder="Any"
          // System roles belong to no account.
          filters={{ account: name === 'role' ? `in:null,${account.id}` : account.id }}
          nameOf={nameOf}
          value={address[name] ?? null}
          onChange={set(name)}
        />
      ))}
    </MoreFilters>
  )
}

function ActiveFilter({ of, id, label, onRemove }: { of: Resource; id: string; label: string; onRemove: () => void }) {
  const found = useRecordsById(of, [id]).get(id) as NamedRecord | undefined
  return <Chip label={`${label}: ${found ? nameOf(found) : id}`} onRemove={onRemove} />
}
