/** Sessions with a button that ends one. */
import { Badge, Group, Text } from '@mantine/core'
import { XIcon } from '@primer/octicons-react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Time } from '../parts/time.tsx'
import type { AuthResponse } from '../server.ts'
import { nameClient } from './client-name.ts'

export type OneSession = AuthResponse<'GET /auth/sessions'>['sessions'][number]

const columns: readonly Column<OneSession>[] = [
  {
    name: 'Browser',
    cell: ({ client, current }) => (
      <Group gap={8}>
        <Text fw={600} className="break" title={client}>
          {nameClient(client)}
        </Text>
        {current && <Badge>This device</Badge>}
      </Group>
    ),
  },
  { name: 'IP address', cell: ({ address }) => <span className="mono">{address}</span> },
  { name: 'Signed in', cell: (session) => <Time at={session['created-at']} /> },
  { name: 'Last active', cell: (session) => <Time at={session['last-seen-at']} /> },
]

interface SessionsTable {
  readonly rows: readonly OneSession[]
  readonly onEnd: (session: OneSession) => void
}

export function SessionsTable({ rows, onEnd }: SessionsTable) {
  return (
    <Records
      label="Sessions"
      rows={rows}
      columns={columns}
      actions={(session) => (
        <ActionIconButton
          name={`Sign out the session of ${nameClient(session.client)}`}
          color="red"
          disabledReason={session.current ? 'This is your current session. Use Sign out in the user menu.' : null}
          onClick={() => onEnd(session)}
        >
          <XIcon />
        </ActionIconButton>
      )}
    />
  )
}
