/** One write of a form: busy, what the server refused, and where. Nothing of the answer is kept. */
import { Refused, Unreachable } from '@mintmark/client'
import { useCallback, useRef, useState } from 'react'

export type Saving =
  | { readonly state: 'idle' }
  | { readonly state: 'busy' }
  | { readonly state: 'failed'; readonly error: unknown }

export interface Save {
  readonly saving: Saving
  readonly busy: boolean
  /** Resolves to undefined when it failed; what was typed stays, and the reason is shown. */
  run<T>(deed: () => Promise<T>): Promise<T | undefined>
  /** The server's words for one field. Whoever asks for a place takes it out of `rest`. */
  at(...pointers: readonly string[]): string | undefined
  /** What was refused and belongs to no field asked for by `at`. */
  rest(): string | null
  forget(): void
}

export function useSave(): Save {
  const [saving, setSaving] = useState<Saving>({ state: 'idle' })
  const asked = useRef(new Set<string>())
  const faults = saving.state === 'failed' && saving.error instanceof Refused ? saving.error.faults : []
  const isAt = (pointer: string | null, place: string) => pointer === place || pointer?.startsWith(`${place}/`) === true
  const run = useCallback(async <T>(deed: () => Promise<T>): Promise<T | undefined> => {
    setSaving({ state: 'busy' })
    try {
      const answer = await deed()
      setSaving({ state: 'idle' })
      return answer
    } catch (error) {
      setSaving({ state: 'failed', error })
      return undefined
    }
  }, [])
  const forget = useCallback(() => setSaving({ state: 'idle' }), [])
  return {
    saving,
    busy: saving.state === 'busy',
    run,
    forget,
    at: (...pointers) => {
      for (const each of pointers) asked.current.add(each)
      const found = faults.find(({ pointer }) => pointers.some((each) => isAt(pointer, each)))
      return found && (found.detail ?? found.title)
    },
    rest: () => {
      if (saving.state !== 'failed') return null
      if (faults.length === 0) return inWords(saving.error)
      const left = faults.filter(({ pointer }) => ![...asked.current].some((each) => isAt(pointer, each)))
      return left.length > 0 ? left.map(({ title, detail }) => detail ?? title).join(' ') : null
    },
  }
}

/** Any failure in a sentence for a person. */
export function inWords(error: unknown): string {
  if (error instanceof Refused) return error.message
  if (error instanceof Unreachable)
    return 'The server did not answer. What you typed is still here; try again when it is back.'
  if (error instanceof Error && error.name === 'PasskeyTrouble') return error.message
  return 'Something went wrong in this page. Reload it, and tell whoever runs Mintmark if it happens again.'
}
