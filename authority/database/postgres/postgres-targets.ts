/** Which of the hosts of an address is connected to, and with which encryption: what works is kept until it fails. */
import { DatabaseTrouble, translated } from '../errors.ts'
import type { PostgresAddress, PostgresHost } from './postgres-options.ts'
import { type TlsWay, tlsWays } from './postgres-tls.ts'

export interface Target extends PostgresHost {
  readonly tls: TlsWay
}

export interface TargetChoice {
  readonly session: PostgresAddress['session']
  readonly namesHost: boolean
  isPooled: boolean
  /** Rises when the server in use turned out to be one that only reads: older connections are not used any more. */
  generation: number
  current(): Target
  /** Goes on to the next host, or to another encryption of the same one if that may help. */
  leave(target: Target, isOfTls: boolean): void
}

/** What works is kept until it fails, so that a standby that comes first in the list is not asked each time. */
export function targetChoice(address: PostgresAddress, random: () => number): TargetChoice {
  const hosts = address.isShuffled ? shuffled(address.hosts, random) : address.hosts
  const ways = tlsWays(address.tls)
  // A socket is never encrypted.
  const targets: Target[] = hosts.flatMap((host) =>
    (host.host.startsWith('/') ? [false as const] : ways).map((tls) => ({ ...host, tls })),
  )
  let index = 0
  return {
    session: address.session,
    namesHost: hosts.length > 1,
    isPooled: false,
    generation: 0,
    current: () => targets[index] as Target,
    leave(target, isOfTls) {
      // Several connections may fail at once: the first of them decides.
      if (targets[index] !== target) return
      const isOther = ({ host, port }: Target) => host !== target.host || port !== target.port
      const next = [...targets.slice(index + 1), ...targets.slice(0, index)].find((each) => isOfTls || isOther(each))
      if (next) index = targets.indexOf(next)
    },
  }
}

/** What a target failed with, kept beside the error: the sentence itself may not name it. */
export const failedTargets = new WeakMap<DatabaseTrouble, Target>()

/** Attempts until one succeeds, each target once. */
export async function firstOf<T>(choice: TargetChoice, attempt: () => Promise<T>): Promise<T> {
  const tried = new Set<Target>()
  // Of each host the last failure counts: the first may say only that it does not offer TLS.
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

/** The user or the database is rejected: other hosts would be asked in vain, and libpq does not ask them either. */
const isRejection = (error: unknown): boolean =>
  /^(?:28P01|3D000)$/.test((error as { code?: string } | undefined)?.code ?? '')
