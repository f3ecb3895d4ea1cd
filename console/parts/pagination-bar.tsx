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
  /** The server stops counting after this number of entries, unless the page is beyond. */
  readonly countedMax: number
  readonly size: number
  readonly number: number
  readonly onNumber: (number: number) => void
  readonly onSize: (size: number) => void
}

export function PaginationBar({ of, countedMax, size, number, onNumber, onSize }: Pages) {
  const counted = Math.max(countedMax, number * size)
  return (
    <Group justify="space-between" p={10} gap={8} style={{ borderTop: '1px solid var(--line)' }}>
      <Group gap={10}>
        <Text size="sm" c="dimmed">
          {of === counted + 1
            ? `More than ${formatCount(counted, 'entry', 'entries')}`
            : formatCount(of, 'entry', 'entries')}
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
      {of > size && <PageButtons total={Math.ceil(of / size)} value={number} onChange={onNumber} />}
    </Group>
  )
}
