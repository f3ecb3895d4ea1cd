/** The state of a form submission: busy, and the errors of the server by field. The response is not kept. */
import { Refused, Unreachable } from '@mintmark/client'
import { useCallback, useRef, useState } from 'react'

export type SaveState =
  | { readonly state: 'idle' }
  | { readonly state: 'busy' }
  | { readonly state: 'failed'; readonly error: unknown }

export interface Save {
  readonly saveState: SaveState
  readonly busy: boolean
  /** Resolves to undefined on failure. The input is kept and the error is shown. */
  run<T>(request: () => Promise<T>): Promise<T | undefined>
  /** Returns the error of a field. Errors of fields passed here are not part of `otherErrors`. */
  errorAt(...pointers: readonly string[]): string | undefined
  /** Returns the errors that belong to no field passed to `errorAt`. */
  otherErrors(): string | null
  reset(): void
}

export function useSave(): Save {
  const [saveState, setSaveState] = useState<SaveState>({ state: 'idle' })
  const requestedPointers = useRef(new Set<string>())
  const faults = saveState.state === 'failed' && saveState.error instanceof Refused ? saveState.error.faults : []
  const isAt = (pointer: string | null, field: string) => pointer === field || pointer?.startsWith(`${field}/`) === true
  const run = useCallback(async <T>(request: () => Promise<T>): Promise<T | undefined> => {
    setSaveState({ state: 'busy' })
    try {
      const result = await request()
      setSaveState({ state: 'idle' })
      return result
    } catch (error) {
      setSaveState({ state: 'failed', error })
      return undefined
    }
  }, [])
  const reset = useCallback(() => setSaveState({ state: 'idle' }), [])
  return {
    saveState,
    busy: saveState.state === 'busy',
    run,
    reset,
    errorAt: (...pointers) => {
      for (const each of pointers) requestedPointers.current.add(each)
      const found = faults.find(({ pointer }) => pointers.some((each) => isAt(pointer, each)))
      return found && (found.detail ?? found.title)
    },
    otherErrors: () => {
      if (saveState.state !== 'failed') return null
      if (faults.length === 0) return errorMessage(saveState.error)
      const remaining = faults.filter(
        ({ pointer }) => ![...requestedPointers.current].some((each) => isAt(pointer, each)),
      )
      return remaining.length > 0 ? remaining.map(({ title, detail }) => detail ?? title).join(' ') : null
    },
  }
}

/** Returns a user-facing message for any error. */
export function errorMessage(error: unknown): string {
  if (error instanceof Refused) return error.message
  if (error instanceof Unreachable) return 'The server did not respond. Your input is kept; try again in a moment.'
  if (error instanceof Error && error.name === 'PasskeyError') return error.message
  return 'Something went wrong on this page. Reload it. If this happens again, contact your Mintmark administrator.'
}
