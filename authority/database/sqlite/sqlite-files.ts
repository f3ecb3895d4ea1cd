/** The files of an SQLite database: whether they belong together, and whether they are still the ones that were opened. */
import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DatabaseTrouble } from '../errors.ts'

/** SQLite file format, section 1.3. Both values are big-endian and can be read without opening the database. */
const userVersionAt = 60
const headerBytes = 100
const walHeaderBytes = 32
/** Another process may start a new log between two reads, but not repeatedly. */
const attemptsMax = 3

/**
 * SQLite replays a write-ahead log onto whatever database file lies next to it. To detect a restored file next to a foreign
 * log, each run of the log starts by writing a new mark (`user_version`) together with the mark of the database file that it
 * continues (`application_id`). The file alone must have one of the two. ADR 0027.
 */
export function refuseForeignLog(named: string): void {
  const file = existsSync(named) ? realpathSync(named) : named
  if (sizeOf(`${file}-wal`) <= walHeaderBytes) return
  const outcomes = Array.from({ length: attemptsMax }, () => compareMarks(file))
  if (outcomes.includes('fit')) return
  if (outcomes.includes('no file'))
    throw new DatabaseTrouble(
      `${file} is missing or empty, but ${file}-wal holds its newest changes; restore both from the same backup`,
    )
  throw new DatabaseTrouble(
    `${file} and ${file}-wal do not belong together: one was restored without the other; restore both from the same backup, or move ${file}-wal away if the backup was taken from a stopped server`,
  )
}

function compareMarks(file: string, mark = markIn(file)): 'fit' | 'differ' | 'no file' {
  if (mark === undefined) return 'no file'
  return marksThroughLog(file).includes(mark) ? 'fit' : 'differ'
}

/** Run in the first transaction of an empty log. */
export function startLog(writer: DatabaseSync): void {
  const continued = numberOf(writer, 'pragma user_version')
  const mark = numberOf(writer, 'select abs(random() % 2147483646) + 1 as mark')
  writer.exec(`pragma application_id = ${continued}; pragma user_version = ${mark}`)
}

/** Writes the current value again, to cause a commit. Run within a transaction. */
export function rewriteMark(writer: DatabaseSync): void {
  writer.exec(`pragma user_version = ${numberOf(writer, 'pragma user_version')}`)
}

/** Read-only, because a writing connection checkpoints the log when it closes. */
function marksThroughLog(file: string): readonly [number, number] {
  const reader = new DatabaseSync(file, { readOnly: true })
  try {
    return [numberOf(reader, 'pragma user_version'), numberOf(reader, 'pragma application_id')]
  } finally {
    reader.close()
  }
}

function numberOf(connection: DatabaseSync, text: string): number {
  const statement = connection.prepare(text)
  statement.setReturnArrays(true)
  return (statement.get() as unknown as [number])[0]
}

function markIn(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  const opened = openSync(file, 'r')
  try {
    return markOf(opened)
  } finally {
    closeSync(opened)
  }
}

function markOf(opened: number): number | undefined {
  const header = Buffer.alloc(headerBytes)
  const length = readSync(opened, header, 0, headerBytes, 0)
  const isDatabase = length === headerBytes && header.toString('latin1', 0, 15) === 'SQLite format 3'
  return isDatabase ? header.readInt32BE(userVersionAt) : undefined
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

export interface FileGuard {
  /** Checks the file system, which takes microseconds. Returns why the files are no longer the opened ones, or null. */
  look(): string | null
  /** As of the last check, at most 250 ms ago: the path leads to another file, whose changes are not visible here. */
  isReplaced(): boolean
  /** The length of the write-ahead log. */
  logBytes(): number
  /** Call only after every connection to the file is closed. */
  stop(): void
}

const checkMilliseconds = 250

/** A file counts as opened when it is first seen. SQLite keeps log and index next to the target of a symbolic link. */
export function guardFiles(file: string): FileGuard {
  const real = realpathSync(file)
  const paths = [file, `${real}-wal`, `${real}-shm`]
  const opened = new Map<string, string>()
  // Stays open: closing any descriptor of a file releases the locks that SQLite holds on it in this process.
  const descriptor = openSync(real, 'r')
  let seen = markOf(descriptor)
  let isReplaced = false
  /** Detects that the content of the same file was overwritten. Its mark fits as long as only SQLite writes to it. */
  const checkContent = (): string | null => {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const mark = markOf(descriptor)
      if (mark === seen) return null
      if (mark === undefined || compareMarks(real, mark) !== 'fit') continue
      seen = mark
      return null
    }
    isReplaced = true
    return `${file} was overwritten while it was in use`
  }
  const checkPath = (path: string): string | null => {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true })
    const known = opened.get(path)
    const mark = found && `${found.dev} ${found.ino}`
    if (mark !== undefined && known === undefined) opened.set(path, mark)
    if (known === undefined || known === mark) return null
    if (mark === undefined) return `${path} was deleted or moved while it was in use`
    isReplaced = true
    return `${path} was replaced by another file while it was in use`
  }
  const look = () => {
    isReplaced = false
    try {
      const troubles = paths.map(checkPath)
      return troubles.find((trouble) => trouble !== null) ?? checkContent()
    } catch (error) {
      return `${file} cannot be looked at (${(error as { code?: string }).code ?? 'unknown error'})`
    }
  }
  look()
  const timer = setInterval(look, checkMilliseconds)
  timer.unref()
  return {
    look,
    isReplaced: () => isReplaced,
    logBytes: () => sizeOf(`${real}-wal`),
    stop: () => {
      clearInterval(timer)
      closeSync(descriptor)
    },
  }
}
