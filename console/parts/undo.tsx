/** Says what was done, and takes it back when asked to: only for what can be taken back whole. */
import { Button, Group } from '@mantine/core'
import { inWords } from './saving.ts'
import { tell } from './tell.ts'

interface Change<T, R> {
  readonly before: T
  readonly wish: T
  readonly write: (wish: T) => Promise<R>
  readonly message: string
}

/** Writes a wish, and offers to write what was there before. Where both are the same there is nothing to take back. */
export async function saveWithUndo<T, R>({ before, wish, write, message }: Change<T, R>): Promise<R> {
  const saved = await write(wish)
  if (JSON.stringify(wish) !== JSON.stringify(before)) tellWithUndo(message, () => write(before))
  return saved
}

const shownMilliseconds = 12_000

export function tellWithUndo(message: string, undo: () => Promise<unknown>): void {
  const hide = tell({
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
    hide()
    try {
      await undo()
      tell({ message: 'Undone.' })
    } catch (error) {
      tell({ color: 'red', title: 'This could not be undone', message: inWords(error) })
    }
  }
}
