/** What can go wrong with a database, told apart once so that nobody else reads driver codes. */
import { postgresCause } from './postgres/postgres-causes.ts'

/** The database cannot be used now. The message is one sentence for the operator, without secrets. */
export class DatabaseTrouble extends Error {
  override name = 'DatabaseTrouble'
  /** Waiting does not help, such as with a wrong password: somebody has to change a setting. */
  readonly isPermanent: boolean

  constructor(message: string, { cause, isPermanent = false }: { cause?: unknown; isPermanent?: boolean } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.isPermanent = isPermanent
  }
}

/** There is too little room left to create anything; changes that revoke are still taken. */
export class ShortOfSpace extends DatabaseTrouble {
  override name = 'ShortOfSpace'
}

/** A unique value was taken in the moment between looking and writing. */
export class Taken extends Error {
  override name = 'Taken'
}

const sqliteTrouble: Record<number, string> = {
  5: 'is locked by another program',
  6: 'is locked',
  8: 'is read-only',
  10: 'could not be read or written (disk error)',
  11: 'is damaged',
  13: 'is on a full disk',
  14: 'cannot be opened',
  26: 'is not a Mintmark database',
}

const fileTrouble: Record<string, string> = {
  EACCES: 'may not be accessed',
  EPERM: 'may not be accessed',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'is on a full disk',
  ENOTDIR: 'lies below something that is not a folder',
  EEXIST: 'lies below something that is not a folder',
  EISDIR: 'is a folder',
}

const postgresUnique = '23505'

/** Turns a driver's error into one of ours where it is known; returns any other as it came. `file` is that of SQLite. */
export function translated(error: unknown, file?: string): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseTrouble || error instanceof Taken) return error
  const { code, errcode } = error as Error & { code?: string; errcode?: number }
  if (code === 'ERR_SQLITE_ERROR' && errcode !== undefined) return fromSqlite(error, errcode, file ?? 'the database')
  if (code === postgresUnique) return new Taken('That value is already taken.', { cause: error })
  if (file !== undefined) {
    const trouble = fileTrouble[code ?? '']
    return trouble ? new DatabaseTrouble(`${file} ${trouble}`, { cause: error }) : error
  }
  const known = postgresCause(error)
  return known ? new DatabaseTrouble(known.sentence, { cause: error, isPermanent: known.isPermanent }) : error
}

/** Whether the disk, or the share of it that may be used, is full. */
export const isFull = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 13

/** Whether another program writes to the file just now. */
export const isBusy = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 5

function fromSqlite(error: Error, errcode: number, where: string): Error {
  const unique = errcode === 2067 || errcode === 1555
  if (unique) return new Taken('That value is already taken.', { cause: error })
  const trouble = sqliteTrouble[errcode & 0xff]
  return trouble ? new DatabaseTrouble(`${where} ${trouble}`, { cause: error }) : error
}
