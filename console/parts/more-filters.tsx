/** Filters for which a list has no room beside its search; what they are set to is seen while they are folded away. */
import { Button, CloseButton, Collapse, Group, SimpleGrid } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { FilterIcon } from '@primer/octicons-react'
import type { ReactNode } from 'react'
import { useFocusBack } from './focus.ts'

/** `children` are the fields; `chips` a `Chip` for each that is set. */
export function MoreFilters({ chips, children }: { chips: ReactNode; children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  return (
    <div className="filter-bar">
      <Group gap={8}>
        <Button variant="default" leftSection={<FilterIcon />} onClick={toggle} aria-expanded={isOpen}>
          More filters
        </Button>
        {chips}
      </Group>
      <Collapse expanded={isOpen}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing={12} pt={12}>
          {children}
        </SimpleGrid>
      </Collapse>
    </div>
  )
}

export function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  useFocusBack()
  return (
    <span className="chip break">
      {label}
      <CloseButton size="xs" aria-label={`Remove the filter ${label}`} onClick={onRemove} />
    </span>
  )
}
