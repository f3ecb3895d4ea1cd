import { teams } from '@mintmark/contract'
import { RecordMultiSelect } from '../parts/record-select.tsx'
import { useAccount } from '../session/account.ts'

interface TeamSelect {
  readonly value: readonly string[]
  readonly onChange: (ids: string[]) => void
  readonly error?: string | undefined
  readonly label?: string
  readonly description?: string
  readonly disabled?: boolean
}

export function TeamSelect({ label = 'Teams', ...rest }: TeamSelect) {
  const account = useAccount()
  return (
    <RecordMultiSelect
      of={teams}
      label={label}
      placeholder="No team"
      filters={{ account: account.id }}
      nameOf={({ name }) => name ?? ''}
      aboutOf={({ description }) => description}
      {...rest}
    />
  )
}
