/** The list of keyboard shortcuts. */
import { Kbd, Modal, Stack, Table, Title } from '@mantine/core'
import { RestoreFocus } from '../parts/focus.ts'
import { setShortcutsOpen, shortcuts, useShortcutsOpen } from './shortcuts.ts'

export function ShortcutsDialog() {
  return (
    <Modal
      opened={useShortcutsOpen()}
      onClose={() => setShortcutsOpen(false)}
      title="Keyboard shortcuts"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <RestoreFocus />
      <Stack gap={18}>
        {shortcuts.map(([group, members]) => (
          <section key={group} aria-label={group}>
            <Title order={3} size="sm" mb={6}>
              {group}
            </Title>
            <Table aria-label={group}>
              <Table.Tbody>
                {members.map(({ keys, effect }) => (
                  <Table.Tr key={effect}>
                    <Table.Td>{effect}</Table.Td>
                    <Table.Td ta="right" className="nowrap">
                      {keys.map((key) => (
                        <Kbd key={key} ml={4}>
                          {key}
                        </Kbd>
                      ))}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        ))}
      </Stack>
    </Modal>
  )
}
