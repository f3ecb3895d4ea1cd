/** From where a token was used, and for what: who would notice if it ended. */
import { Modal, Stack, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { tokenActivity } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { useFocusBack } from '../parts/focus.ts'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { pageOf } from '../queries.ts'
import { nameOf, type Token } from './token-text.tsx'

const usesMax = 100

export function TokenActivity({ token, onClose }: { token: Token | null; onClose: () => void }) {
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={token ? `Where ${nameOf(token)} was used` : ''}
      size="xl"
      centered
    >
      {token && <Uses token={token} />}
    </Modal>
  )
}

function Uses({ token }: { token: Token }) {
  useFocusBack()
  const asked = { path: { accessToken: token.id }, sort: ['-lastAt'], page: { number: 1, size: usesMax } }
  const uses = useQuery(pageOf(tokenActivity, 'list', asked))
  return (
    <Loaded of={uses}>
      {({ records, totalCount }) => (
        <Stack gap={12}>
          {records.length === 0 ? (
            <Text>It was not used yet.</Text>
          ) : (
            <Records label="Uses" rows={records} columns={columns} isWhole />
          )}
          {totalCount > records.length && (
            <Text c="dimmed">
              The newest {usesMax} of {totalCount}.
            </Text>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

const columns: readonly Column<Found<typeof tokenActivity>>[] = [
  { name: 'From', cell: ({ network }) => <code>{network}</code> },
  { name: 'For', cell: ({ operation }) => operation?.replaceAll('_', ' ') },
  { name: 'Times', cell: ({ times }) => times?.toLocaleString() },
  { name: 'First', cell: ({ firstAt }) => <Time at={firstAt} /> },
  { name: 'Last', cell: ({ lastAt }) => <Time at={lastAt} /> },
]
