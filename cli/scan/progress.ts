import type { Counts } from '@mintmark/scanner'
import { countsInWords } from './found.ts'

const millisecondsBetween = 200

export interface Progress {
  readonly tell: (counts: Counts) => void
  readonly end: () => void
}

interface Terminal {
  readonly isTTY: boolean
  readonly write: (text: string) => void
  /** In milliseconds, from any beginning. */
  readonly now: () => number
}

/** One line on a terminal, written over and over; nothing where no person is watching. */
export function progressOn({ isTTY, write, now }: Terminal): Progress {
  if (!isTTY) return { tell: () => {}, end: () => {} }
  let last: number | undefined
  return {
    tell: (counts) => {
      const time = now()
      if (last !== undefined && time - last < millisecondsBetween) return
      last = time
      write(`\r\x1b[K${countsInWords({ ...counts, skipped: new Map() })}`)
    },
    end: () => {
      if (last !== undefined) write('\r\x1b[K')
    },
  }
}
