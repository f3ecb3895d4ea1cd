/** Moves the focus to a useful element when the focused element is removed, so that keyboard users do not start at the top. */
import { useEffect } from 'react'

/** The last focused element outside of dialogs. */
let lastFocused: HTMLElement | null = null
addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest('[role="dialog"]')) lastFocused = target
})

const isFocusLost = () => document.activeElement === document.body
const focusHeading = () => document.querySelector('h1')?.focus({ preventScroll: true })

/** Focuses the heading of a new page, so that screen readers announce it, unless the page has moved the focus itself. */
export function focusNewPage(): void {
  if (!document.activeElement?.closest('main, [role="dialog"]')) focusHeading()
}

/** For a heading that replaces another one, such as when a record has loaded. */
export function useHeadingFocus(): void {
  useEffect(() => {
    if (isFocusLost() && lastFocused instanceof HTMLHeadingElement && !lastFocused.isConnected) focusHeading()
  }, [])
}

// A dialog that restores the focus itself does so first.
const restoreDelayMilliseconds = 20

/** Restores the focus on unmount: to the last focused element, or to the heading if that was removed too. */
export function useRestoreFocus(): void {
  useEffect(() => () => void setTimeout(restoreFocus, restoreDelayMilliseconds), [])
}

export function RestoreFocus() {
  useRestoreFocus()
  return null
}

function restoreFocus(): void {
  if (!isFocusLost()) return
  if (lastFocused?.isConnected) lastFocused.focus({ preventScroll: true })
  else focusHeading()
}
