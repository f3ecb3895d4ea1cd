/** Ends many tokens, a few at a time. Nothing is sent twice: where no answer came, it is asked what became of the token. */
import { Refused, Unreachable } from '@mintmark/client'
import { accessTokens, accessTokenUsages } from '@mintmark/contract'
import { inWords } from '../parts/saving.ts'
import { call } from '../server.ts'

export interface RevocableToken {
  readonly id: string
  readonly name?: string | null
  readonly lastCharacters?: string
  readonly ownerEmail?: string
}

interface Failure {
  readonly token: RevocableToken
  readonly why: string
}

/** Why the rest was not tried. */
export type Halt = 'stopped' | 'unreachable' | 'unproven'

export interface RevokeResult {
  readonly ended: number
  readonly failures: readonly Failure[]
  readonly untried: readonly RevocableToken[]
  readonly halt: Halt | null
}

const atOnce = 4

export async function revokeEach(
  of: readonly RevocableToken[],
  { signal, onTried }: { signal: AbortSignal; onTried: (tried: number, failed: number) => void },
): Promise<RevokeResult> {
  const failures: Failure[] = []
  let halt: Halt | null = null
  let begun = 0
  let tried = 0
  const work = async () => {
    while (begun < of.length && halt === null) {
      if (signal.aborted) halt = 'stopped'
      const token = halt === null ? of[begun] : undefined
      if (!token) return
      begun++
      const failure = await endOne(token)
      if (failure) failures.push({ token, why: failure.why })
      halt ??= failure?.halt ?? null
      onTried(++tried, failures.length)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { ended: tried - failures.length, failures, untried: of.slice(begun), halt }
}

async function endOne({ id }: RevocableToken): Promise<{ why: string; halt?: Halt } | null> {
  try {
    await call(accessTokens, 'remove', { path: { accessToken: id } })
    return null
  } catch (error) {
    const isLost = error instanceof Unreachable
    const isMissing = error instanceof Refused && error.status === 404
    if (isLost || isMissing) {
      const gone = await isGone(id)
      // Somebody else's deletion is as good as ours.
      if (gone) return null
      if (gone === undefined && isLost)
        return { why: 'The server did not answer: it may be deleted or not.', halt: 'unreachable' }
    }
    if (isLost) return { why: 'The server did not answer, and the token is still there.' }
    const isUnproven = error instanceof Refused && ['step-up-required', 'no-session'].includes(error.code)
    return { why: inWords(error), ...(isUnproven ? { halt: 'unproven' } : {}) }
  }
}

/** Undefined when this is not answered either. */
const isGone = (id: string): Promise<boolean | undefined> =>
  call(accessTokenUsages, 'list', { filters: { accessToken: id }, page: { number: 1, size: 1 } }).then(
    ({ records }) => records.length === 0,
    () => undefined,
  )
