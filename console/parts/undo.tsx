/** Says what was done, and takes it back when asked to: only for what can be taken back whole. */
import { Button, Group } from '@mantine/core'
import { inWords } from './saving.ts'
import { showToast } from './toast.ts'

interface Change<T, R> {
  readonly before: T
  readonly wish: T
  readonly write: (wish: T) => Promise<R>
  readonly message: string
}

/** Writes a wish, and offers to write what was there before. Where both are the same there is nothing to take back. */
export async function saveWithUndo<T, R>({ before, wish, write, message }: Change<T, R>): Promise<R> {
  const saved = await write(wish)
  if (JSON.stringify(wish) !== JSON.stringify(before)) showToastWithUndo(message, () => write(before))
  return saved
}

const shownMilliseconds = 12_000

/** Of what was told last, for the keys that undo; the message lies far from where one is. */
let latest: (() => Promise<void>) | null = null
addEventListener('keydown', (event) => {
  const isUndo = event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
  if (!isUndo || !latest || (event.target as Element).closest('input, textarea, [role="dialog"]')) return
  event.preventDefault()
  void latest()
})

export function showToastWithUndo(message: string, undo: () => Promise<unknown>): void {
  const hide = showToast({
    autoClose: shownMilliseconds,
    onClose: () => {
      if (latest === takeBack) latest = null
    },
    message: (
      <Group justify="space-between" gap={8} wrap="nowrap">
        <span className="break">{message}</span>
        <Button variant="subtle" flex="none" onClick={() => void takeBack()} aria-keyshortcuts="Control+Z Meta+Z">
          Undo
        </Button>
      </Group>
    ),
  })
  latest = takeBack
  async function takeBack(): Promise<void> {
    latest = null
    hide()
    try {
      await undo()
      showToast({ message: 'Undone.' })
    } catch (error) {
      showToast({ color: 'red', title: 'This could not be undone', message: inWords(error) })
    }
  }
}
