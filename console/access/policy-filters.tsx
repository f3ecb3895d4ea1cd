/** Whose policies, with which role, and where; it stands in the address. */
import { environments, type Resource, roles, serviceAccounts, teams, users } from '@mintmark/contract'
import type { Address } from '../parts/address.ts'
import { Chip, MoreFilters } from '../parts/more-filters.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import { useByIds } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { nameOfPerson } from './people.tsx'

interface Named {
  readonly name?: string | undefined
  readonly fullName?: string | null | undefined
  readonly email?: string | undefined
}

const nameOf = (record: Named): string => record.name ?? nameOfPerson({ email: '', ...record } as never)

const fields = [
  { name: 'role', of: roles, label: 'With the role', words: 'with the role' },
  { name: 'team', of: teams, label: 'Of a team', words: 'of team' },
  { name: 'user', of: users, label: 'Of a person', words: 'of' },
  { name: 'serviceAccount', of: serviceAccounts, label: 'Of a service account', words: 'of service account' },
  { name: 'environment', of: environments, label: 'On an environment', words: 'on environment' },
] as const

type Name = (typeof fields)[number]['name']

/** As the API asks for them. */
export const policyFiltersIn = (address: Address): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.flatMap(({ name }) => (address[name] ? [[name, address[name]]] : [])))

interface PolicyFilters {
  readonly address: Address
  readonly change: (change: Address) => void
}

export function PolicyFilters({ address, change }: PolicyFilters) {
  const account = useAccount()
  const set = (name: Name) => (id: string | null) => change({ [name]: id ?? undefined, page: undefined })
  return (
    <MoreFilters
      chips={fields.map(({ name, of, words }) => {
        const id = address[name]
        return id && <ActiveFilter key={name} of={of} id={id} words={words} onRemove={() => set(name)(null)} />
      })}
    >
      {fields.map(({ name, of, label }) => (
        <RecordSelect
          key={name}
          of={of as typeof teams}
          label={label}
          placeholder="Any"
          // System roles are of no account.
          filters={{ account: name === 'role' ? `in:null,${account.id}` : account.id }}
          nameOf={nameOf}
          value={address[name] ?? null}
          onChange={set(name)}
        />
      ))}
    </MoreFilters>
  )
}

function ActiveFilter({ of, id, words, onRemove }: { of: Resource; id: string; words: string; onRemove: () => void }) {
  const found = useByIds(of, [id]).get(id) as Named | undefined
  return <Chip label={`${words} ${found ? nameOf(found) : id}`} onRemove={onRemove} />
}
