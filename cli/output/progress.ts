const millisecondsBetween = 200

interface Progress {
  readonly update: (text: string) => void
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
    update: (text) => {
      const time = now()
      if (last !== undefined && time - last < millisecondsBetween) return
      last = time
      write(`\r\x1b[K${text}`)
    },
    end: () => {
      if (last !== undefined) write('\r\x1b[K')
    },
  }
}

/** Shows what a long command has done so far on stderr, if that is a terminal. */
export const progressOnStderr = (): Progress =>
  progressOn({
    isTTY: process.stderr.isTTY,
    write: (text) => process.stderr.write(text),
    now: () => performance.now(),
  })
