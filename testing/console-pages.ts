/** Every page of the console, as its router names them, and where each has something to show. */
import type { Furnished } from './furnished-console.ts'

export interface ConsolePage {
  /** As in the router. */
  readonly route: string
  /** Of what the id in it is. */
  readonly id?: keyof Furnished
  /** Its parts that are chosen by the address, beside the first. */
  readonly parts?: readonly string[]
}

/** Before somebody is signed in, or has a way to sign in, or agrees to something. */
export const outsidePages = ['/sign-in', '/welcome', '/first-credential', '/authorize'] as const

/** Where a program asks for a token. It is not there to take it. */
export const consentPage = `/authorize?${new URLSearchParams({
  client_id: 'terraform-cli',
  response_type: 'code',
  redirect_uri: 'http://127.0.0.1:10000/login',
  state: 'abc',
  code_challenge: 'c'.repeat(43),
  code_challenge_method: 'S256',
})}`

/** Within the frame, for whoever is signed in. */
export const pages: readonly ConsolePage[] = [
  { route: '/profile' },
  { route: '/profile/sign-in-methods' },
  { route: '/profile/sessions' },
  { route: '/$account/' },
  { route: '/$account/iam/users' },
  { route: '/$account/iam/users/$id', id: 'user', parts: ['tokens', 'activity'] },
  { route: '/$account/iam/teams' },
  { route: '/$account/iam/teams/$id', id: 'team' },
  { route: '/$account/iam/roles' },
  { route: '/$account/iam/roles/new' },
  { route: '/$account/iam/roles/$id', id: 'role' },
  { route: '/$account/iam/access-policies' },
  { route: '/$account/iam/service-accounts' },
  { route: '/$account/iam/service-accounts/new' },
  { route: '/$account/iam/service-accounts/$id', id: 'serviceAccount', parts: ['access', 'activity'] },
  { route: '/$account/environments', parts: ['variables'] },
  { route: '/$account/environments/$environment', parts: ['variables', 'activity'] },
  { route: '/$account/environments/$environment/$workspace', parts: ['settings', 'activity'] },
  { route: '/$account/token-report' },
  { route: '/$account/security-rules' },
  { route: '/$account/leak-reports' },
  { route: '/$account/leak-reports/webhooks' },
  { route: '/$account/leak-reports/$id', id: 'leakReport' },
  { route: '/$account/audit-events' },
  { route: '/$account/github-secret-scanning' },
]

/** The address of a page and of each of its parts. */
export function addressesOf({ route, id, parts = [] }: ConsolePage, furnished: Furnished): string[] {
  const path = route
    .replace('$account', furnished.account)
    .replace('$environment', furnished.environment)
    .replace('$workspace', furnished.workspace)
    .replace('$id', id ? furnished[id] : '')
  return [path, ...parts.map((part) => `${path}?tab=${part}`)]
}
