/**
 * What one scan may spend on content that unpacks to more than it is. The currency is a byte of unpacked content; what
 * takes time without producing bytes costs as many bytes as could have been read meanwhile.
 */
export interface Limits {
  /** How many archives may lie in one another. */
  readonly depthMax: number
  /** For the whole scan. */
  readonly workMax: number
  /** For the whole scan: entries of all its archives. */
  readonly entriesMax: number
  /** For one file or object, however small it is. */
  readonly fileWorkMin: number
  /** For one file or object: so much more for each of its own bytes. */
  readonly workPerByte: number
}

const mebibyte = 1024 ** 2

export const usualLimits: Limits = {
  depthMax: 8,
  workMax: 16_384 * mebibyte,
  entriesMax: 1_000_000,
  fileWorkMin: 64 * mebibyte,
  workPerByte: 100,
}

/** What it costs besides the bytes that come out. */
export const costs = {
  entry: 4 * 1024,
  /** A decompressor called once, for content that is small. */
  small: 4 * 1024,
  /** A decompressor that is fed piece by piece. */
  stream: 64 * 1024,
  /** A closer look at something that begins like a token. */
  look: 1024,
  /** The same when it has to be decoded first. */
  decodingLook: 16 * 1024,
} as const

/** bzip2 is unpacked by JavaScript: each byte takes as long as so many of the other formats. */
export const bzip2Factor = 8

/** A limit was reached. The message says which, for the list of files that were not scanned completely. */
export class OverBudget extends Error {
  override name = 'OverBudget'
}

export interface FileBudget {
  /** Bytes of the file itself were read. */
  readonly earn: (bytes: number) => void
  /** Throws `OverBudget`. */
  readonly spend: (work: number) => void
  readonly spendEntry: () => void
  /** Spends it and returns true, or returns false when it is more than there is. */
  readonly trySpend: (work: number) => boolean
  /** The same for work on the file's own bytes, which other files of the scan cannot take away from it. */
  readonly trySpendOwn: (work: number) => boolean
}

/** The budget of one scan, shared by all its files. */
export class Budget {
  readonly #limits: Limits
  #work = 0
  #entries = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get work(): number {
    return this.#work
  }

  get entries(): number {
    return this.#entries
  }

  forFile(): FileBudget {
    const { workMax, entriesMax, fileWorkMin, workPerByte } = this.#limits
    let [own, spent] = [0, 0]
    const exceedsFile = (work: number) => spent + work > fileWorkMin + own * workPerByte
    const faultOf = (work: number) => {
      if (this.#work + work > workMax) return 'the budget of the scan is spent'
      return exceedsFile(work) ? 'unpacks to too much' : undefined
    }
    const pay = (work: number) => {
      this.#work += work
      spent += work
    }
    const spend = (work: number) => {
      const fault = faultOf(work)
      if (fault !== undefined) throw new OverBudget(fault)
      pay(work)
    }
    return {
      earn: (bytes) => {
        own += bytes
      },
      spend,
      trySpend: (work) => {
        const isEnough = faultOf(work) === undefined
        if (isEnough) pay(work)
        return isEnough
      },
      trySpendOwn: (work) => {
        if (exceedsFile(work)) return false
        spent += work
        return true
      },
      spendEntry: () => {
        if (this.#entries >= entriesMax) throw new OverBudget('too many entries in archives')
        spend(costs.entry)
        this.#entries += 1
      },
    }
  }
}
