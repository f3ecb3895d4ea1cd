/**
 * Fails a test if a request blocks the event loop: while one callback runs, no other request is served. It measures the CPU
 * time of the main thread in one turn (a callback with all its microtasks) at the speed of a reference machine, so that a busy
 * or slow machine makes no difference.
 *
 * Turns count while a request is in flight, from its first hook to the end of its response. If several requests share a turn,
 * their limits add up. Until a route has answered once without an error, it loads modules and runs code that is not compiled
 * yet, so it has a higher limit.
 */
import { createHook } from 'node:async_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { atReferenceSpeed, turnMillisecondsMax } from './turn-cpu.ts'

export const warmUpMilliseconds = 250

/** `METHOD route` and why it may block the loop for longer. The list may only shrink. */
const exceptions: Readonly<Record<string, string>> = {}

export interface BlockedTurn {
  readonly routes: readonly string[]
  readonly milliseconds: number
  readonly limit: number
}

export interface EventLoopWatch {
  readonly blockedTurns: readonly BlockedTurn[]
  /** Throws if a request blocked the loop. */
  check(): void
}

interface Watch {
  readonly convert: typeof atReferenceSpeed
  readonly onBlocked: (turn: BlockedTurn) => void
}

interface Flight {
  readonly watch: Watch
  readonly route: string
  readonly limit: number
}

const warm = new Set<string>()
const flights = new Map<FastifyRequest, Flight>()
/** The requests that were in flight at any time in this turn. */
let sharing = new Set<Flight>()
let turnBegan = 0

/** Watches the requests of a server that is not listening yet. */
export function watchEventLoop(
  server: FastifyInstance,
  onBlocked: (turn: BlockedTurn) => void = () => undefined,
  convert = atReferenceSpeed,
): EventLoopWatch {
  turns.enable()
  const blocked: BlockedTurn[] = []
  const watch: Watch = {
    convert,
    onBlocked: (turn) => {
      blocked.push(turn)
      onBlocked(turn)
    },
  }
  server.addHook('onRequest', (request, _reply, done) => {
    const route = `${request.method} ${request.routeOptions.url ?? '(none)'}`
    endTurn()
    const limit = warm.has(route) ? turnMillisecondsMax : warmUpMilliseconds
    const flight = { watch, route, limit: route in exceptions ? Number.POSITIVE_INFINITY : limit }
    flights.set(request, flight)
    sharing.add(flight)
    done()
  })
  server.addHook('onResponse', (request, reply, done) => {
    endTurn()
    const flight = flights.get(request)
    flights.delete(request)
    if (flight) sharing.delete(flight)
    if (flight && reply.statusCode < 400) warm.add(flight.route)
    done()
  })
  return {
    blockedTurns: blocked,
    check: () => {
      if (blocked.length === 0) return
      throw new Error(`The event loop was blocked:\n${blocked.map(describeTurn).join('\n')}`)
    },
  }
}

export const describeTurn = ({ routes, milliseconds, limit }: BlockedTurn): string =>
  `${routes.join(', ')}: ${milliseconds.toFixed(0)} ms of CPU in one turn, expected at most ${limit} ms`

function cpuMilliseconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function endTurn(): void {
  const used = cpuMilliseconds() - turnBegan
  const shared = sharing
  sharing = new Set(flights.values())
  const limit = [...shared].reduce((sum, flight) => sum + flight.limit, 0)
  const [first] = shared
  const milliseconds = first?.watch.convert(used, limit) ?? 0
  turnBegan = cpuMilliseconds()
  if (milliseconds <= limit) return
  const turn = { routes: [...new Set([...shared].map(({ route }) => route))], milliseconds, limit }
  for (const watch of new Set([...shared].map((flight) => flight.watch))) watch.onBlocked(turn)
}

/** Async resources that run within a turn rather than starting one: microtasks, ticks, and scopes of libraries. */
const inner = new Set<number>()
const isNative = /^(?:[A-Z][A-Z0-9]+|Timeout|Immediate)$/
let depth = 0

const turns = createHook({
  init: (id, type) => void (isNative.test(type) || inner.add(id)),
  before: (id) => {
    if (depth++ === 0 && flights.size > 0 && !inner.has(id)) endTurn()
  },
  after: () => {
    if (depth > 0) depth--
  },
  destroy: (id) => void inner.delete(id),
  trackPromises: false,
})
