import { roles } from '@mintmark/contract'
import { RecordMultiSelect } from '../parts/record-select.tsx'
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
  description = 'The permissions of several roles add up.',
  placeholder = 'Select at least one',
  ...rest
}: RoleSelect) {
  const account = useAccount()
  return (
    <RecordMultiSelect
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
