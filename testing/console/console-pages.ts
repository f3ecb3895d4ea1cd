/** All pages of the console by route, with the IDs and tabs to visit. */
import type { ConsoleFixture } from './console-fixture.ts'

export interface ConsolePage {
  /** The route in the router. */
  readonly route: string
  /** The fixture record for `$id`. */
  readonly id?: keyof ConsoleFixture
  /** The tabs besides the first. */
  readonly tabs?: readonly string[]
}

/** Pages without navigation. */
export const signedOutPages = ['/sign-in', '/welcome', '/first-credential', '/authorize'] as const

/** A consent request. No program listens on the redirect URI. */
export const consentPage = `/authorize?${new URLSearchParams({
  client_id: 'terraform-cli',
  response_type: 'code',
  redirect_uri: 'http://127.0.0.1:10000/login',
  state: 'abc',
  code_challenge: 'c'.repeat(43),
  code_challenge_method: 'S256',
})}`

/** Pages with navigation, for signed-in users. */
export const pages: readonly ConsolePage[] = [
  { route: '/profile' },
  { route: '/profile/general' },
  { route: '/profile/sign-in-methods' },
  { route: '/profile/sessions' },
  { route: '/$account/' },
  { route: '/$account/iam/users' },
  { route: '/$account/iam/users/$id', id: 'user', tabs: ['tokens', 'sign-in', 'activity'] },
  { route: '/$account/iam/teams' },
  { route: '/$account/iam/teams/$id', id: 'team', tabs: ['service-accounts', 'activity'] },
  { route: '/$account/iam/roles' },
  { route: '/$account/iam/roles/new' },
  { route: '/$account/iam/roles/$id', id: 'role' },
  { route: '/$account/iam/access-policies' },
  { route: '/$account/iam/service-accounts' },
  { route: '/$account/iam/service-accounts/new' },
  { route: '/$account/iam/service-accounts/$id', id: 'serviceAccount', tabs: ['access', 'activity'] },
  { route: '/$account/environments', tabs: ['variables'] },
  { route: '/$account/environments/$environment', tabs: ['variables', 'access', 'activity'] },
  { route: '/$account/environments/$environment/$workspace', tabs: ['access', 'settings', 'activity'] },
  { route: '/$account/tokens/$id', id: 'token', tabs: ['uses', 'activity'] },
  { route: '/$account/token-report' },
  { route: '/$account/security-rules' },
  { route: '/$account/leak-reports' },
  { route: '/$account/leak-reports/webhooks' },
  { route: '/$account/leak-reports/$id', id: 'leakReport' },
  { route: '/$account/audit-events' },
  { route: '/$account/github-secret-scanning' },
  { route: '/$account/settings' },
]

/** Returns the path of a page and of each of its tabs. */
export function pathsOf({ route, id, tabs: parts = [] }: ConsolePage, furnished: ConsoleFixture): string[] {
  const path = route
    .replace('$account', furnished.account)
    .replace('$environment', furnished.environment)
    .replace('$workspace', furnished.workspace)
    .replace('$id', id ? furnished[id] : '')
  return [path, ...parts.map((part) => `${path}?tab=${part}`)]
}
