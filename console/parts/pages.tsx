/** Which page of a list is shown, and how long a page is. */
import { Group, Select, Text } from '@mantine/core'
import { limits } from '@mintmark/contract'
import type { Address } from './address.ts'
import { PageButtons } from './page-buttons.tsx'
import { counted } from './time.tsx'

export const usualSize = 25
const sizes = [usualSize, 50, limits.pageSizeMax]

/** Whatever else stands in the address is not asked for. */
export const sizeIn = ({ size }: Address): number => sizes.find((each) => String(each) === size) ?? usualSize

interface Pages {
  /** How many entries there are. */
  readonly of: number
  readonly size: number
  readonly number: number
  readonly onNumber: (number: number) => void
  readonly onSize: (size: number) => void
}

export function Pages({ of, size, number, onNumber, onSize }: Pages) {
  return (
    <Group justify="space-between" p={10} gap={8} style={{ borderTop: '1px solid var(--line)' }}>
      <Group gap={10}>
        <Text size="sm" c="dimmed">
          {counted(of, 'entry', 'entries')}
        </Text>
        <Select
          size="xs"
          w={120}
          aria-label="Entries on a page"
          data={sizes.map((each) => ({ value: String(each), label: `${each} a page` }))}
          value={String(size)}
          onChange={(value) => onSize(Number(value))}
          allowDeselect={false}
        />
      </Group>
      {of > size && <PageButtons size="sm" total={Math.ceil(of / size)} value={number} onChange={onNumber} />}
    </Group>
  )
}
