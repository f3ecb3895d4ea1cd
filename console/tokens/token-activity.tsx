/** The activity of a token: networks and operations. */
import { Modal, Stack, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { tokenActivity } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { useRestoreFocus } from '../parts/focus.ts'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { pageQuery } from '../queries.ts'
import { nameOf, type Token } from './token-text.tsx'

const rowsMax = 100

export function TokenActivity({ token, onClose }: { token: Token | null; onClose: () => void }) {
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={token ? `Activity of token “${nameOf(token)}”` : ''}
      size="xl"
      centered
    >
      {token && <ActivityTable token={token} />}
    </Modal>
  )
}

function ActivityTable({ token }: { token: Token }) {
  useRestoreFocus()
  const request = { path: { accessToken: token.id }, sort: ['-lastAt'], page: { number: 1, size: rowsMax } }
  const uses = useQuery(pageQuery(tokenActivity, 'list', request))
  return (
    <Loaded of={uses}>
      {({ records, totalCount }) => (
        <Stack gap={12}>
          {records.length === 0 ? (
            <Text>This token has not been used yet.</Text>
          ) : (
            <Records label="Token activity" rows={records} columns={columns} isWhole />
          )}
          {totalCount > records.length && (
            <Text c="dimmed">
              Showing the latest {rowsMax} of {totalCount}.
            </Text>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

const columns: readonly Column<Found<typeof tokenActivity>>[] = [
  { name: 'Network', cell: ({ network }) => <code>{network}</code> },
  { name: 'Operation', cell: ({ operation }) => operation?.replaceAll('_', ' ') },
  { name: 'Requests', cell: ({ times }) => times?.toLocaleString() },
  { name: 'First used', cell: ({ firstAt }) => <Time at={firstAt} /> },
  { name: 'Last used', cell: ({ lastAt }) => <Time at={lastAt} /> },
]
