/** Database errors, translated from driver codes in this one place. */
import { postgresCause } from './postgres/postgres-causes.ts'

/** The database is unavailable. The message is one sentence for the operator, without secrets. */
export class DatabaseTrouble extends Error {
  override name = 'DatabaseTrouble'
  /** Retrying does not help, as with a wrong password: a setting has to be changed. */
  readonly isPermanent: boolean

  constructor(message: string, { cause, isPermanent = false }: { cause?: unknown; isPermanent?: boolean } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.isPermanent = isPermanent
  }
}

/** There is too little space to create anything. Writes that revoke are still accepted. */
export class ShortOfSpace extends DatabaseTrouble {
  override name = 'ShortOfSpace'
}

/** A write violated a unique constraint: another transaction inserted the value between the check and the write. */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation'
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
  EACCES: 'cannot be accessed: permission denied',
  EPERM: 'cannot be accessed: permission denied',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'is on a full disk',
  ENOTDIR: 'is below a path that is not a directory',
  EEXIST: 'is below a path that is not a directory',
  EISDIR: 'is a directory',
}

const postgresUnique = '23505'

/** Translates a known driver error; returns any other error unchanged. `file` is the SQLite file. */
export function translated(error: unknown, file?: string): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseTrouble || error instanceof UniqueViolation) return error
  const { code, errcode } = error as Error & { code?: string; errcode?: number }
  if (code === 'ERR_SQLITE_ERROR' && errcode !== undefined) return fromSqlite(error, errcode, file ?? 'the database')
  if (code === postgresUnique) return new UniqueViolation('That value is already taken.', { cause: error })
  if (file !== undefined) {
    const trouble = fileTrouble[code ?? '']
    return trouble ? new DatabaseTrouble(`${file} ${trouble}`, { cause: error }) : error
  }
  const known = postgresCause(error)
  return known ? new DatabaseTrouble(known.sentence, { cause: error, isPermanent: known.isPermanent }) : error
}

/** Whether the disk or its quota is full. */
export const isFull = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 13

/** Whether another program is writing to the file. */
export const isBusy = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 5

function fromSqlite(error: Error, errcode: number, where: string): Error {
  const unique = errcode === 2067 || errcode === 1555
  if (unique) return new UniqueViolation('That value is already taken.', { cause: error })
  const trouble = sqliteTrouble[errcode & 0xff]
  return trouble ? new DatabaseTrouble(`${where} ${trouble}`, { cause: error }) : error
}
