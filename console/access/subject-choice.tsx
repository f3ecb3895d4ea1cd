/** Selects the subject of a policy: a team, a user or a service account. */

import { SegmentedControl, Stack, Text } from '@mantine/core'
import { serviceAccounts, teams, users } from '@mintmark/contract'
import { useState } from 'react'
import { RecordSelect } from '../parts/record-select.tsx'
import { useAccount } from '../session/account.ts'
import { displayName } from './subjects.tsx'

/** With the attribute names of the API. */
export type Subject = { readonly userId: string } | { readonly teamId: string } | { readonly serviceAccountId: string }

type Kind = 'team' | 'user' | 'serviceAccount'

const kinds = [
  { value: 'team', label: 'Team' },
  { value: 'user', label: 'User' },
  { value: 'serviceAccount', label: 'Service account' },
]

export function SubjectChoice({
  onChange,
  error,
}: {
  onChange: (subject: Subject | null) => void
  error?: string | undefined
}) {
  const account = useAccount()
  const [kind, setKind] = useState<Kind>('team')
  const [id, setId] = useState<string | null>(null)
  const change = (next: Kind) => {
    setKind(next)
    setId(null)
    onChange(null)
  }
  const choose = (next: string | null) => {
    setId(next)
    onChange(next === null ? null : ({ [`${kind}Id`]: next } as Subject))
  }
  const shared = { value: id, onChange: choose, error, required: true }
  return (
    <Stack gap={8}>
      <Stack gap={4}>
        <Text size="sm" fw={600} id="subject-label">
          Grant access to
        </Text>
        <SegmentedControl
          aria-labelledby="subject-label"
          data={kinds}
          value={kind}
          onChange={(next) => change(next as Kind)}
          size="sm"
          style={{ alignSelf: 'flex-start' }}
        />
      </Stack>
      {kind === 'team' && (
        <RecordSelect
          of={teams}
          label="Team"
          filters={{ account: account.id }}
          nameOf={({ name }) => name ?? ''}
          {...shared}
        />
      )}
      {kind === 'user' && (
        <RecordSelect
          of={users}
          label="User"
          filters={{ account: account.id }}
          nameOf={displayName}
          aboutOf={({ email }) => email}
          {...shared}
        />
      )}
      {kind === 'serviceAccount' && (
        <RecordSelect
          of={serviceAccounts}
          label="Service account"
          filters={{ account: account.id }}
          nameOf={({ name }) => name ?? ''}
          {...shared}
        />
      )}
    </Stack>
  )
}
