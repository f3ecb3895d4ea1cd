/** Says what was done, and takes it back when asked to: only for what can be taken back whole. */
import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { inWords } from './saving.ts'

const shownMilliseconds = 12_000

export function tellWithUndo(message: string, undo: () => Promise<unknown>): void {
  const id = notifications.show({
    autoClose: shownMilliseconds,
    message: (
      <Group justify="space-between" gap={8} wrap="nowrap">
        <span className="break">{message}</span>
        <Button variant="subtle" flex="none" onClick={() => void takeBack()}>
          Undo
        </Button>
      </Group>
    ),
  })
  async function takeBack(): Promise<void> {
    notifications.hide(id)
    try {
      await undo()
      notifications.show({ message: 'Undone.' })
    } catch (error) {
      notifications.show({ color: 'red', title: 'This could not be undone', message: inWords(error) })
    }
  }
}
