/** The keyboard shortcuts of the console, and whether their list is open. */
import { useSyncExternalStore } from 'react'

export const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

const modifier = isApple ? '⌘' : 'Ctrl'

interface Shortcut {
  readonly keys: readonly string[]
  readonly effect: string
}

export const shortcuts: readonly (readonly [group: string, members: readonly Shortcut[]])[] = [
  [
    'Anywhere',
    [
      { keys: [modifier, 'K'], effect: 'Search or go to a page' },
      { keys: ['?'], effect: 'Show keyboard shortcuts' },
      { keys: [modifier, 'Z'], effect: 'Undo the last change, while its message is shown' },
      { keys: ['Esc'], effect: 'Close a dialog or menu' },
    ],
  ],
  [
    'In search results and menus',
    [
      { keys: ['↑', '↓'], effect: 'Select the previous or next entry' },
      { keys: ['Enter'], effect: 'Open the selected entry' },
    ],
  ],
  [
    'On a page',
    [
      { keys: ['Tab'], effect: 'Go to the next control; first, skip the navigation' },
      { keys: ['Shift', 'Tab'], effect: 'Go to the previous control' },
    ],
  ],
]

const listeners = new Set<() => void>()
let isOpen = false

export function setShortcutsOpen(wanted: boolean): void {
  isOpen = wanted
  for (const each of listeners) each()
}

export const useShortcutsOpen = (): boolean => useSyncExternalStore(listen, () => isOpen)

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
