/**
 * Authenticates requests by console session: a cookie that scripts cannot read, which only counts with a header that no
 * other site can make a browser send. The API itself uses bearer tokens; a session replaces a missing token.
 */
import type { Secret } from '@mintmark/token'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, World } from '../context.ts'
import { grantsWithin } from '../rights/accounts-in.ts'
import type { LiveSession } from '../sign-in/live-session.ts'
import { refuseUnfinished } from '../sign-in/methods/session-needs.ts'
import { hasRecentStepUp } from '../sign-in/sessions.ts'
import type { LiveReplica } from '../verdicts/live-replica.ts'

const cookie = '__Host-mintmark'
const knownBrowserCookie = '__Host-mintmark-browser'
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

export interface SessionAuthenticator {
  /** Returns undefined if there is no session or it has ended. */
  find(request: FastifyRequest): Promise<LiveSession | undefined>
  actorOf(found: LiveSession): Promise<Actor>
}

interface SessionServices {
  readonly world: World
  readonly replica: LiveReplica
  find(secret: string, address: string): Promise<LiveSession | undefined>
}

export function authenticateSessions({ world, replica, find }: SessionServices): SessionAuthenticator {
  return {
    find: async (request) => {
      const secret = cookieOf(request)
      return secret === undefined ? undefined : await find(secret, request.ip)
    },
    actorOf: async ({ session, owner, accounts, needs }) => {
      refuseUnfinished(needs)
      const grants = await replica.grants(owner)
      return {
        kind: 'user',
        id: owner.id,
        email: owner.email,
        accounts,
        rights: { grants: grantsWithin(grants, accounts) },
        tokenId: '',
        tokenLastCharacters: null,
        session: { id: session.id, isProven: hasRecentStepUp(session, world) },
      }
    },
  }
}

/**
 * Whether a request comes from the console. Other sites cannot send this header without a CORS preflight, which is never
 * allowed.
 */
export const isFromConsole = ({ headers }: FastifyRequest): boolean =>
  headers['x-mintmark-console'] === '1' && (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin'

/** Returns the cookie that `setKnownBrowser` set in this browser. */
export const knownBrowserOf = ({ headers }: FastifyRequest): string | null =>
  headers.cookie === undefined ? null : (knownBrowserPattern.exec(headers.cookie)?.[1] ?? null)

const knownBrowserPattern = new RegExp(`(?:^|; *)${knownBrowserCookie}=([A-Za-z0-9_-]{75})(?:;|$)`)

function cookieOf(request: FastifyRequest): string | undefined {
  const { cookie: sent } = request.headers
  if (sent === undefined || !isFromConsole(request)) return undefined
  return sessionPattern.exec(sent)?.[1]
}

const sessionPattern = new RegExp(`(?:^|; *)${cookie}=([A-Za-z0-9_-]{43})(?:;|$)`)

export function setCookie(reply: FastifyReply, secret: Secret, seconds: number): void {
  reply.header('set-cookie', `${cookie}=${secret.open()}; ${attributes}; Max-Age=${seconds}`)
}

/** The cookie outlives the session and grants no access. */
export function setKnownBrowser(reply: FastifyReply, text: string, days: number): void {
  reply.header('set-cookie', `${knownBrowserCookie}=${text}; ${attributes}; Max-Age=${days * 86_400}`)
}

export function clearCookie(reply: FastifyReply): void {
  reply.header('set-cookie', `${cookie}=; ${attributes}; Max-Age=0`)
}
