/** Gives the focus a place when what had it is gone: nobody has to begin at the top again. */
import { useEffect } from 'react'

/** What had it last, outside of every dialog. */
let last: HTMLElement | null = null
addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest('[role="dialog"]')) last = target
})

const isLost = () => document.activeElement === document.body
const toHeading = () => document.querySelector('h1')?.focus({ preventScroll: true })

/** Whoever goes to another page hears what it is called, and goes on from there; unless the page has given it a place. */
export function arrive(): void {
  if (!document.activeElement?.closest('main, [role="dialog"]')) toHeading()
}

/** For a heading that takes the place of another, as when a record has come. */
export function useHeading(): void {
  useEffect(() => {
    if (isLost() && last instanceof HTMLHeadingElement && !last.isConnected) toHeading()
  }, [])
}

// A dialog that gives it back by itself does so first.
const laterMilliseconds = 20

/** For what takes the focus with it when it goes: back to what had it before, or to the heading if that is gone too. */
export function useFocusBack(): void {
  useEffect(() => () => void setTimeout(giveBack, laterMilliseconds), [])
}

export function FocusBack() {
  useFocusBack()
  return null
}

function giveBack(): void {
  if (!isLost()) return
  if (last?.isConnected) last.focus({ preventScroll: true })
  else toHeading()
}
