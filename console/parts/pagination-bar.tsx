/** Page buttons and page size of a list. */
import { Group, Select, Text } from '@mantine/core'
import { limits } from '@mintmark/contract'
import { PageButtons } from './page-buttons.tsx'
import { formatCount } from './time.tsx'
import type { UrlQuery } from './url-query.ts'

export const defaultPageSize = 25
const sizes = [defaultPageSize, 50, limits.pageSizeMax]

/** Returns the page size from the URL query; other values are ignored. */
export const pageSizeFrom = ({ size }: UrlQuery): number =>
  sizes.find((each) => String(each) === size) ?? defaultPageSize

interface Pages {
  /** The total number of entries. */
  readonly of: number
  readonly size: number
  readonly number: number
  readonly onNumber: (number: number) => void
  readonly onSize: (size: number) => void
}

export function PaginationBar({ of, size, number, onNumber, onSize }: Pages) {
  return (
    <Group justify="space-between" p={10} gap={8} style={{ borderTop: '1px solid var(--line)' }}>
      <Group gap={10}>
        <Text size="sm" c="dimmed">
          {/* The server stops counting there. */}
          {of > limits.countedRows ? '10,000+ entries' : formatCount(of, 'entry', 'entries')}
        </Text>
        <Select
          size="xs"
          w={120}
          aria-label="Entries per page"
          data={sizes.map((each) => ({ value: String(each), label: `${each} per page` }))}
          value={String(size)}
          onChange={(value) => onSize(Number(value))}
          allowDeselect={false}
        />
      </Group>
      {of > size && <PageButtons size="sm" total={Math.ceil(of / size)} value={number} onChange={onNumber} />}
    </Group>
  )
}
