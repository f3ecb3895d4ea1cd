import { roles } from '@mintmark/contract'
import { RecordsSelect } from '../parts/record-select.tsx'
import { useAccount } from '../session/account.ts'

interface RoleSelect {
  readonly value: readonly string[]
  readonly onChange: (ids: string[]) => void
  readonly error?: string | undefined
  readonly label?: string
  readonly description?: string
  readonly placeholder?: string
}

export function RoleSelect({
  label = 'Roles',
  description = 'What may be done there. Several add up.',
  placeholder = 'Choose at least one',
  ...rest
}: RoleSelect) {
  const account = useAccount()
  return (
    <RecordsSelect
      of={roles}
      label={label}
      description={description}
      placeholder={placeholder}
      filters={{ account: `in:null,${account.id}` }}
      nameOf={({ name }) => name ?? ''}
      aboutOf={({ description }) => description}
      {...rest}
    />
  )
}
