/**
 * Limits for unpacking, against archive bombs. The unit is a byte of unpacked content. Work that produces no bytes costs
 * as many bytes as could have been read in the same time.
 */
export interface Limits {
  /** Maximum nesting of archives. */
  readonly depthMax: number
  /** Bytes for the whole scan. */
  readonly workMax: number
  /** Archive entries for the whole scan. */
  readonly entriesMax: number
  /** Bytes for one file or object, regardless of its size. */
  readonly fileWorkMin: number
  /** Additional bytes for one file or object per byte of its size. */
  readonly workPerByte: number
}

const mebibyte = 1024 ** 2

export const defaultLimits: Limits = {
  depthMax: 8,
  workMax: 16_384 * mebibyte,
  entriesMax: 1_000_000,
  fileWorkMin: 64 * mebibyte,
  workPerByte: 100,
}

/** Costs in addition to the unpacked bytes. */
export const costs = {
  entry: 4 * 1024,
  /** One call of a decompressor, for small content. */
  small: 4 * 1024,
  /** A streaming decompressor. */
  stream: 64 * 1024,
  /** Parsing text that starts like a token. */
  look: 1024,
  /** The same with decoding. */
  decodingLook: 16 * 1024,
} as const

/** bzip2 is unpacked in JavaScript, so a byte takes as long as this many bytes of other formats. */
export const bzip2Factor = 8

/** A limit was reached. The message is the reason in the list of files that were not scanned completely. */
export class OverBudget extends Error {
  override name = 'OverBudget'
}

export interface FileBudget {
  /** Records that bytes of the file itself were read. */
  readonly earn: (bytes: number) => void
  /** Throws `OverBudget`. */
  readonly spend: (work: number) => void
  readonly spendEntry: () => void
  /** Spends the work and returns true, or returns false if it exceeds the limit. */
  readonly trySpend: (work: number) => boolean
  /** The same for work on the file's own bytes, which only counts against the file's limit. */
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
      if (this.#work + work > workMax) return 'the unpacking limit of the scan is reached'
      return exceedsFile(work) ? 'exceeds the unpacking limit' : undefined
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
        if (this.#entries >= entriesMax) throw new OverBudget('too many archive entries')
        spend(costs.entry)
        this.#entries += 1
      },
    }
  }
}
