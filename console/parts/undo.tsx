/** Toasts with an Undo button, for changes that can be undone completely. */
import { Button, Group } from '@mantine/core'
import { showToast } from './toast.ts'
import { errorMessage } from './use-save.ts'

interface SavedChange<T, R> {
  readonly before: T
  readonly after: T
  readonly write: (input: T) => Promise<R>
  readonly message: string
}

/** Saves a change and offers to undo it. Without a difference there is nothing to undo. */
export async function saveWithUndo<T, R>({ before, after, write, message }: SavedChange<T, R>): Promise<R> {
  const saved = await write(after)
  if (JSON.stringify(after) !== JSON.stringify(before)) showToastWithUndo(message, () => write(before))
  return saved
}

const shownMilliseconds = 12_000

/** The undo function of the latest toast, for Ctrl+Z. */
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
      if (latest === runUndo) latest = null
    },
    message: (
      <Group justify="space-between" gap={8} wrap="nowrap">
        <span className="break">{message}</span>
        <Button variant="subtle" flex="none" onClick={() => void runUndo()} aria-keyshortcuts="Control+Z Meta+Z">
          Undo
        </Button>
      </Group>
    ),
  })
  latest = runUndo
  async function runUndo(): Promise<void> {
    latest = null
    hide()
    try {
      await undo()
      showToast({ message: 'Undone.' })
    } catch (error) {
      showToast({ color: 'red', title: 'Failed to undo', message: errorMessage(error) })
    }
  }
}
