/**
 * Watches the free space on the disk of an SQLite database. Revoking has to work on a full disk: creating is refused early,
 * and a reserve file is deleted when nothing else is left.
 */
import { createCipheriv } from 'node:crypto'
import { existsSync, rmSync, statfsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ShortOfSpace } from './errors.ts'

const megabyte = 1024 * 1024
const shortBytes = 64 * megabyte
const criticalBytes = 32 * megabyte
/** The size of the reserve, as a share of the critical bound: deleting it leaves the disk in state `critical`. */
const reserveShare = 1 / 2

export interface FreeSpace {
  readonly free: number
  readonly total: number
}

export interface SpaceOptions {
  readonly file: string
  /** Whether to keep a reserve file next to the database. */
  readonly reserve: boolean
  readonly room?: (() => FreeSpace) | undefined
}

export type SpaceState = 'enough' | 'short' | 'critical'

export interface DiskSpace {
  state(): SpaceState
  hasReserve(): boolean
  /** Deletes the reserve. Returns false if there is none. */
  releaseReserve(): boolean
  /** Creates the reserve if there is room for it. */
  keepReserve(): Promise<void>
}

/** On a small disk the bounds are shares of its size. */
export function watchSpace({ file, reserve, room = () => freeSpaceBeside(file) }: SpaceOptions): DiskSpace {
  const reserveFile = `${file}-reserve`
  const bounds = (total: number) => ({
    short: Math.min(shortBytes, total / 10),
    critical: Math.min(criticalBytes, total / 20),
  })
  return {
    state: () => {
      const { free, total } = known(room)
      const { short, critical } = bounds(total)
      return free < critical ? 'critical' : free < short ? 'short' : 'enough'
    },
    hasReserve: () => existsSync(reserveFile),
    releaseReserve: () => {
      if (!existsSync(reserveFile)) return false
      rmSync(reserveFile, { force: true })
      return true
    },
    keepReserve: async () => {
      if (!reserve) return
      const { free, total } = room()
      const bytes = Math.floor(bounds(total).critical * reserveShare)
      if (statSync(reserveFile, { throwIfNoEntry: false })?.size === bytes || free < bounds(total).short + bytes) return
      await writeFile(reserveFile, incompressible(bytes), { mode: 0o600, flush: true })
    },
  }
}

/** Call before creating something that takes space permanently. Throws `ShortOfSpace`. */
export function refuseShortOfSpace({ storage }: { readonly storage?: { space(): SpaceState } }): void {
  if (storage && storage.space() !== 'enough') throw new ShortOfSpace('the disk is short of space')
}

/** Returns infinite space if the directory is missing: `guardFiles` reports that. */
function known(room: () => FreeSpace): FreeSpace {
  try {
    return room()
  } catch {
    return { free: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY }
  }
}

function freeSpaceBeside(file: string): FreeSpace {
  const { bavail, blocks, bsize } = statfsSync(dirname(file))
  return { free: bavail * bsize, total: blocks * bsize }
}

// Encrypted zeros, because some file systems store plain zeros as holes.
const incompressible = (bytes: number) =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes))
