import type { Counts } from '@mintmark/scanner'
import { countsText } from './report.ts'

const millisecondsBetween = 200

export interface Progress {
  readonly update: (counts: Counts) => void
  readonly end: () => void
}

interface Terminal {
  readonly isTTY: boolean
  readonly write: (text: string) => void
  /** Milliseconds since any fixed point. */
  readonly now: () => number
}

/** Updates one line on a terminal. Prints nothing if the output is not a terminal. */
export function progressOn({ isTTY, write, now }: Terminal): Progress {
  if (!isTTY) return { update: () => {}, end: () => {} }
  let last: number | undefined
  return {
    update: (counts) => {
      const time = now()
      if (last !== undefined && time - last < millisecondsBetween) return
      last = time
      write(`\r\x1b[K${countsText({ ...counts, skipped: new Map() })}`)
    },
    end: () => {
      if (last !== undefined) write('\r\x1b[K')
    },
  }
}
