/** Chooses the host and the encryption to connect with, and keeps a working choice until it fails. */
import { DatabaseTrouble, translated } from '../errors.ts'
import type { PostgresAddress, PostgresHost } from './postgres-options.ts'
import { type TlsMode, tlsModes } from './postgres-tls.ts'

export interface Target extends PostgresHost {
  readonly tls: TlsMode
}

export interface TargetChoice {
  readonly session: PostgresAddress['session']
  readonly namesHost: boolean
  isPooled: boolean
  /** Increases when the server in use turns out to be read-only. Older connections are no longer used. */
  generation: number
  current(): Target
  /** Moves on to the next host, or to another encryption of the same host if that may help. */
  leave(target: Target, isOfTls: boolean): void
}

/** Keeps a working target until it fails, so that a standby listed first is not tried each time. */
export function targetChoice(address: PostgresAddress, random: () => number): TargetChoice {
  const hosts = address.isShuffled ? shuffled(address.hosts, random) : address.hosts
  const modes = tlsModes(address.tls)
  // Sockets are never encrypted.
  const targets: Target[] = hosts.flatMap((host) =>
    (host.host.startsWith('/') ? [false as const] : modes).map((tls) => ({ ...host, tls })),
  )
  let index = 0
  return {
    session: address.session,
    namesHost: hosts.length > 1,
    isPooled: false,
    generation: 0,
    current: () => targets[index] as Target,
    leave(target, isOfTls) {
      // Several connections may fail at once. Only the first one moves on.
      if (targets[index] !== target) return
      const isOther = ({ host, port }: Target) => host !== target.host || port !== target.port
      const next = [...targets.slice(index + 1), ...targets.slice(0, index)].find((each) => isOfTls || isOther(each))
      if (next) index = targets.indexOf(next)
    },
  }
}

/** The target that an error belongs to, kept separately because the message may not name it. */
export const failedTargets = new WeakMap<DatabaseTrouble, Target>()

/** Retries with each target once until an attempt succeeds. */
export async function firstOf<T>(choice: TargetChoice, attempt: () => Promise<T>): Promise<T> {
  const tried = new Set<Target>()
  // Keeps the last failure per host: the first may only say that the host does not offer TLS.
  const failures = new Map<string, DatabaseTrouble>()
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const failure = translated(error)
      const target = failure instanceof DatabaseTrouble && failedTargets.get(failure)
      if (!target) throw failure
      tried.add(target)
      failures.set(`${target.host}:${target.port}`, failure)
      if (isRejection(failure.cause)) throw failure
      if (tried.has(choice.current())) throw together([...failures.values()])
    }
  }
}

function together(failures: readonly DatabaseTrouble[]): DatabaseTrouble {
  const sentences = [...new Set(failures.map(({ message }) => message))]
  if (sentences.length === 1) return failures[0] as DatabaseTrouble
  const isPermanent = failures.every((failure) => failure.isPermanent)
  return new DatabaseTrouble(sentences.join('; '), { cause: failures[0]?.cause, isPermanent })
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value)
}

/** The server rejected the user or the database. Like libpq, no other host is tried. */
const isRejection = (error: unknown): boolean =>
  /^(?:28P01|3D000)$/.test((error as { code?: string } | undefined)?.code ?? '')
