/** What can go wrong with a database, told apart once so that nobody else reads driver codes. */

/** The database cannot be used now. The message is one sentence for the operator, without secrets. */
export class DatabaseTrouble extends Error {
  override name = 'DatabaseTrouble'
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
const postgresTrouble: Record<string, string> = {
  '25006': 'PostgreSQL accepts no changes: this server is a standby',
  '40001': 'PostgreSQL is too busy: a change met others again and again',
  '40P01': 'PostgreSQL is too busy: a change met others again and again',
  '55P03': 'PostgreSQL is too busy: a change waited too long for others',
  '57014': 'PostgreSQL took too long and gave up',
  XX001: 'PostgreSQL found its data damaged',
  XX002: 'PostgreSQL found its data damaged',
}
const lostConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENOENT',
])

// What the driver says without a code.
const lostMessages =
  /Connection terminated|timeout exceeded when trying to connect|Client was closed|Query read timeout|not queryable|connection has been discarded/

/** Turns a driver's error into one of ours where it is known; returns any other as it came. */
export function translated(error: unknown, where = 'the database'): unknown {
  if (!(error instanceof Error)) return error
  const { code, errcode } = error as Error & { code?: string; errcode?: number }
  if (code === 'ERR_SQLITE_ERROR' && errcode !== undefined) return fromSqlite(error, errcode, where)
  if (code === postgresUnique) return new Taken('That value is already taken.', { cause: error })
  if (code !== undefined && fileTrouble[code])
    return new DatabaseTrouble(`${where} ${fileTrouble[code]}`, { cause: error })
  if (code !== undefined && postgresTrouble[code]) return new DatabaseTrouble(postgresTrouble[code], { cause: error })
  if (isLostPostgres(error, code)) return new DatabaseTrouble('PostgreSQL cannot be reached', { cause: error })
  return error
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

function isLostPostgres(error: Error, code: string | undefined): boolean {
  if (code !== undefined && lostConnection.has(code)) return true
  // 08: connection exception, 25P03: idle transaction ended, 57P: operator intervention, 53: insufficient resources,
  // 58: trouble of its operating system.
  if (code !== undefined && /^(08|25P03|57P|53|58)/.test(code)) return true
  return lostMessages.test(error.message)
}
