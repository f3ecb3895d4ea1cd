/** Additional filters in a collapsible panel. Active filters are shown as chips while it is closed. */
import { Button, CloseButton, Collapse, Group, SimpleGrid } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { FilterIcon } from '@primer/octicons-react'
import type { ReactNode } from 'react'
import { useRestoreFocus } from './focus.ts'

/** `children` are the fields; `chips` has a `Chip` per active filter. */
export function MoreFilters({ chips, children }: { chips: ReactNode; children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  return (
    <div className="filter-bar">
      <Group gap={8}>
        <Button variant="default" leftSection={<FilterIcon />} onClick={toggle} aria-expanded={isOpen}>
          Filters
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
  useRestoreFocus()
  return (
    <span className="chip break">
      {label}
      <CloseButton size={24} aria-label={`Remove filter ${label}`} onClick={onRemove} />
    </span>
  )
}
