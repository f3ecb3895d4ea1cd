import { roles } from '@mintmark/contract'
import { RecordsSelect } from '../parts/record-select.tsx'
import { useAccount } from '../session/account.ts'

export function RoleSelect({
  value,
  onChange,
  error,
}: {
  value: readonly string[]
  onChange: (ids: string[]) => void
  error?: string | undefined
}) {
  const account = useAccount()
  return (
    <RecordsSelect
      of={roles}
      label="Roles"
      description="What may be done there. Several add up."
      placeholder="Choose at least one"
      filters={{ account: `in:null,${account.id}` }}
      nameOf={({ name }) => name ?? ''}
      aboutOf={({ description }) => description}
      value={value}
      onChange={onChange}
      error={error}
    />
  )
}
