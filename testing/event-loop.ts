/**
 * Fails a test when a request holds the event loop: while one callback runs, nobody else is served. What counts is the
 * CPU time of the main thread in one turn (a callback with all its microtasks), so a busy machine changes nothing.
 *
 * Judged are turns in which a request is in flight, from its first hook to the end of its response. A turn that several
 * requests share may take as long as all of them. Warm-up: until a route has answered once without an error in a
 * process, it loads modules and runs code that is not compiled yet, so it has a limit of its own.
 */
import { createHook } from 'node:async_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export const turnMilliseconds = 50
export const warmUpMilliseconds = 250

/** `METHOD route` and why it may hold the loop longer. An entry is a debt: the list may only shrink. */
const exceptions: Readonly<Record<string, string>> = {}

export interface HeldTurn {
  readonly routes: readonly string[]
  readonly milliseconds: number
  readonly limit: number
}

export interface EventLoopWatch {
  readonly held: readonly HeldTurn[]
  /** Throws when a request held the loop. */
  check(): void
}

interface Watch {
  readonly onHeld: (turn: HeldTurn) => void
}

interface Flight {
  readonly watch: Watch
  readonly route: string
  readonly limit: number
}

const warm = new Set<string>()
const flights = new Map<FastifyRequest, Flight>()
/** Those in flight at any time of this turn. */
let sharing = new Set<Flight>()
let turnBegan = 0

/** Watches the requests of a server that does not listen yet. */
export function watchEventLoop(
  server: FastifyInstance,
  onHeld: (turn: HeldTurn) => void = () => undefined,
): EventLoopWatch {
  turns.enable()
  const held: HeldTurn[] = []
  const watch: Watch = {
    onHeld: (turn) => {
      held.push(turn)
      onHeld(turn)
    },
  }
  server.addHook('onRequest', (request, _reply, done) => {
    const route = `${request.method} ${request.routeOptions.url ?? '(none)'}`
    endTurn()
    const limit = warm.has(route) ? turnMilliseconds : warmUpMilliseconds
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
    held,
    check: () => {
      if (held.length === 0) return
      throw new Error(`The event loop was held:\n${held.map(describeTurn).join('\n')}`)
    },
  }
}

export const describeTurn = ({ routes, milliseconds, limit }: HeldTurn): string =>
  `${routes.join(', ')}: ${milliseconds.toFixed(0)} ms of CPU in one turn, expected at most ${limit} ms`

function endTurn(): void {
  const { user, system } = process.threadCpuUsage()
  const now = (user + system) / 1_000
  const milliseconds = now - turnBegan
  turnBegan = now
  const shared = sharing
  sharing = new Set(flights.values())
  const limit = [...shared].reduce((sum, flight) => sum + flight.limit, 0)
  if (shared.size === 0 || milliseconds <= limit) return
  const turn = { routes: [...new Set([...shared].map(({ route }) => route))], milliseconds, limit }
  for (const watch of new Set([...shared].map((flight) => flight.watch))) watch.onHeld(turn)
}

/** What runs inside a turn rather than beginning one: microtasks, ticks, and scopes that libraries make. */
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
