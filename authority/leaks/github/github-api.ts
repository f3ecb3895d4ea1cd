/** A client for GitHub's REST API, authenticated with a token or as an installed GitHub App. */
import type { KeyObject } from 'node:crypto'
import { Secret } from '@mintmark/token'
import { SignJWT } from 'jose'
import type { World } from '../../context.ts'
import { type Fetch, readBody } from '../../outbound/read-body.ts'

export interface GitHubSettings {
  /** Such as `https://api.github.com`. */
  readonly address: string
  /** Requires permission to read and resolve secret scanning alerts. */
  readonly login: { readonly token: string } | { readonly app: string; readonly key: KeyObject }
}

export interface GitHub {
  /** Sends a request about a repository and returns the JSON response. Throws for any status but 2xx. */
  ask(repository: string, method: string, path: string, body?: object): Promise<unknown>
}

const timeoutMilliseconds = 15_000
const bytesMax = 4_194_304
/** Installation tokens expire after an hour. They are replaced this long before. */
const spareMilliseconds = 5 * 60_000
const keptTokensMax = 1_000

export function openGitHub({ address, login }: GitHubSettings, world: World, fetch: Fetch): GitHub {
  const send = (secret: Secret, method: string, path: string, body?: object) =>
    request(fetch, address, secret, method, path, body)
  const tokenFor = 'token' in login ? staticToken(login.token) : installationTokens(login, world, send)
  return { ask: async (repository, method, path, body) => send(await tokenFor(repository), method, path, body) }
}

function staticToken(token: string): () => Promise<Secret> {
  const secret = new Secret(token)
  return async () => secret
}

/** As GitHub documents it: the JWT of the app finds the installation, which issues a token for this repository only. */
function installationTokens(
  { app, key }: { readonly app: string; readonly key: KeyObject },
  world: World,
  send: (secret: Secret, method: string, path: string, body?: object) => Promise<unknown>,
): (repository: string) => Promise<Secret> {
  const kept = new Map<string, { token: Secret; until: number }>()
  return async (repository) => {
    const known = kept.get(repository)
    if (known && known.until > world.now().getTime()) return known.token
    const jwt = new Secret(await appToken(app, key, world))
    const { id } = (await send(jwt, 'GET', `/repos/${repository}/installation`)) as { id?: unknown }
    if (!Number.isSafeInteger(id)) throw new Error('GitHub returned no installation')
    const { token, expires_at: expiresAt } = (await send(jwt, 'POST', `/app/installations/${id}/access_tokens`, {
      repositories: [repository.split('/')[1]],
      permissions: { secret_scanning_alerts: 'write' },
    })) as { token?: unknown; expires_at?: unknown }
    if (typeof token !== 'string') throw new Error('GitHub returned no token')
    if (kept.size >= keptTokensMax) kept.clear()
    const fresh = { token: new Secret(token), until: Date.parse(String(expiresAt)) - spareMilliseconds }
    kept.set(repository, fresh)
    return fresh.token
  }
}

/** RS256, issued a minute in the past for clock skew, and valid for less than the ten minutes that GitHub allows. */
function appToken(app: string, key: KeyObject, world: World): Promise<string> {
  const seconds = Math.floor(world.now().getTime() / 1_000)
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(app)
    .setIssuedAt(seconds - 60)
    .setExpirationTime(seconds + 540)
    .sign(key)
}

async function request(
  fetch: Fetch,
  address: string,
  secret: Secret,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(address + path, {
    method,
    redirect: 'error',
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'user-agent': 'mintmark',
      authorization: `Bearer ${secret.open()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(timeoutMilliseconds),
  })
  if (!answer.ok) throw new Error(`GitHub answered ${answer.status} to ${method} ${path}`)
  const text = await readBody(answer, bytesMax)
  if (text === undefined) throw new Error(`GitHub's response to ${method} ${path} was too large`)
  return JSON.parse(text)
}
