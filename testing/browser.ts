/** For tests: a minimal browser for the console endpoints, and an authority with a fixed clock. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { makeLocalLink } from '../authority/sign-in/links/local-link.ts'
import { fixedWorld } from '../authority/world.ts'
import { type Authority, type StartOptions, startAuthority } from './kit.ts'

export const strong = 'correct horse battery staple 9'
export const other = 'purple monkey dishwasher lamp 4'

/** A minimal browser: keeps cookies and sends the headers of the console. */
export function browser({ call }: Pick<Authority, 'call'>, address = '127.0.0.1') {
  let cookie = ''
  let known = ''
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await call(method, path, {
      token: null,
      remoteAddress: address,
      headers: {
        'x-mintmark-console': '1',
        host: 'localhost:8420',
        ...(cookie || known ? { cookie: [cookie, known].filter(Boolean).join('; ') } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    for (const set of [answer.headers['set-cookie'] ?? []].flat() as string[]) {
      const kept = set.includes('Max-Age=0') ? '' : (set.split(';')[0] as string)
      if (set.startsWith('__Host-mintmark-browser=')) known = kept
      else cookie = kept
    }
    return answer
  }
  /** `cookie` is the session cookie; `knownBrowser` marks a browser in which a person signed in before. */
  return { ask, cookie: () => cookie, knownBrowser: () => known, take: (stolen: string) => (cookie = stolen) }
}

export async function start(t: TestContext, options: StartOptions = {}) {
  const world = fixedWorld('2030-01-01T00:00:00Z')
  const authority = await startAuthority(t, { world, ...options })
  const link = async (email?: string) => (await makeLocalLink(authority.database, world, email)).secret.open()
  return { ...authority, world, link, owner: browser(authority) }
}

/** Starts an authority with the owner signed in by password. */
export async function signedIn(t: TestContext, options: StartOptions = {}) {
  const started = await start(t, options)
  await started.owner.ask('POST', '/auth/link/use', { secret: await started.link() })
  assert.equal((await started.owner.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  return started
}

/** Returns the secret of an invitation link, created with the owner's token by default. */
export async function invitationSecret(
  { call, prepared }: Pick<Authority, 'call' | 'prepared'>,
  user: string,
  { token, account = prepared.account }: { token?: string; account?: string } = {},
): Promise<string> {
  const made = await call('POST', '/auth/invitations', { body: { account, user }, ...(token ? { token } : {}) })
  assert.equal(made.status, 201, made.text)
  return new URL(made.json.link).hash.slice(1)
}

/** Accepts an invitation as a new user and sets a password. */
export async function acceptAsNew(authority: Pick<Authority, 'call' | 'prepared'>, user: string, password = strong) {
  const person = browser(authority)
  await person.ask('POST', '/auth/link/use', { secret: await invitationSecret(authority, user) })
  const set = await person.ask('PUT', '/auth/methods/password', { password })
  assert.equal(set.status, 204, set.text)
  return person
}

export const minting = { data: { type: 'access-tokens', attributes: { name: 'mine' } } }
