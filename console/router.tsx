/** The routes of the console. Each page is a separate chunk that loads when it is visited. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { focusNewPage } from './parts/focus.ts'
import { lazyComponent } from './parts/lazy-component.tsx'
import { NotFound } from './parts/not-found.tsx'
import { Shell } from './parts/shell.tsx'
import { ErrorState, Loading } from './parts/states.tsx'
import { parseSearch, stringifySearch } from './parts/url-query.ts'
import { queries } from './queries.ts'
import { lastAccount } from './session/account.ts'
import { ConnectionBanner } from './session/connection-banner.tsx'
import { Interruptible } from './session/interruptible.tsx'
import { rightsQuery } from './session/rights.ts'
import { type Session, sessionQuery } from './session/session.ts'

const InterruptionDialog = lazyComponent(
  async () => (await import('./session/interruption-dialog.tsx')).InterruptionDialog,
)

const root = createRootRoute({
  component: () => (
    <>
      <Interruptible>
        <Outlet />
      </Interruptible>
      <InterruptionDialog />
      <ConnectionBanner />
    </>
  ),
  notFoundComponent: NotFound,
})

/** Redirects to the sign-in page, which returns here, if no user is signed in. */
async function signedIn(href: string): Promise<Session> {
  const { session } = await queries.ensureQueryData(sessionQuery)
  if (!session) throw redirect({ to: '/sign-in', search: (href === '/' ? {} : { to: href }) as never })
  if (session.needs && !href.startsWith('/first-credential')) throw redirect({ to: '/first-credential' })
  return session
}

const outside = <P extends string>(path: P, load: () => Promise<Record<string, () => React.ReactNode>>, name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) })

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    await signedIn(location.href)
    // Loaded before the first render, so that no button or navigation item changes afterwards.
    await queries.ensureQueryData(rightsQuery).catch(() => null)
  },
  component: Shell,
})

const page = <P extends string>(path: P, load: () => Promise<Record<string, () => React.ReactNode>>, name: string) =>
  createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load, name) })

const account = createRoute({
  getParentRoute: () => shell,
  path: '$account',
  beforeLoad: async ({ params }) => {
    const { session } = await queries.ensureQueryData(sessionQuery)
    if (session && !session.accounts.some(({ id }) => id === params.account)) throw redirect({ to: '/' })
  },
})

const inAccount = <P extends string>(
  path: P,
  load: () => Promise<Record<string, () => React.ReactNode>>,
  name: string,
) => createRoute({ getParentRoute: () => account, path, component: lazyRouteComponent(load, name) })

const routes = root.addChildren([
  outside('/sign-in', () => import('./pages/sign-in.tsx'), 'SignIn'),
  outside('/welcome', () => import('./pages/welcome.tsx'), 'Welcome'),
  createRoute({
    getParentRoute: () => root,
    path: '/first-credential',
    beforeLoad: ({ location }) => signedIn(location.href),
    component: lazyRouteComponent(() => import('./pages/first-credential.tsx'), 'FirstCredential'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/authorize',
    beforeLoad: ({ location }) => signedIn(location.href),
    component: lazyRouteComponent(() => import('./pages/authorize.tsx'), 'Authorize'),
  }),
  shell.addChildren([
    createRoute({
      getParentRoute: () => shell,
      path: '/',
      beforeLoad: async ({ location }) => {
        const last = lastAccount(await signedIn(location.href))
        throw redirect(last ? { to: `/${last}` } : { to: '/profile' })
      },
    }),
    page('/profile', () => import('./pages/profile-tokens.tsx'), 'ProfileTokens'),
    page('/profile/general', () => import('./pages/profile/general.tsx'), 'ProfileGeneral'),
    page('/profile/sign-in-methods', () => import('./pages/profile-methods.tsx'), 'ProfileMethods'),
    page('/profile/sessions', () => import('./pages/profile-sessions.tsx'), 'ProfileSessions'),
    account.addChildren([
      createRoute({
        getParentRoute: () => account,
        path: '/',
        component: lazyRouteComponent(() => import('./pages/home.tsx'), 'Home'),
      }),
      inAccount('/iam/users', () => import('./pages/users.tsx'), 'Users'),
      inAccount('/iam/users/$id', () => import('./pages/user.tsx'), 'User'),
      inAccount('/iam/teams', () => import('./pages/teams.tsx'), 'Teams'),
      inAccount('/iam/teams/$id', () => import('./pages/team.tsx'), 'Team'),
      inAccount('/iam/roles', () => import('./pages/roles.tsx'), 'Roles'),
      inAccount('/iam/roles/new', () => import('./pages/role.tsx'), 'NewRole'),
      inAccount('/iam/roles/$id', () => import('./pages/role.tsx'), 'Role'),
      inAccount('/iam/access-policies', () => import('./pages/access-policies.tsx'), 'AccessPolicies'),
      inAccount('/iam/service-accounts', () => import('./pages/service-accounts.tsx'), 'ServiceAccounts'),
      inAccount('/iam/service-accounts/new', () => import('./pages/new-service-account.tsx'), 'NewServiceAccount'),
      inAccount('/iam/service-accounts/$id', () => import('./pages/service-account.tsx'), 'ServiceAccount'),
      inAccount('/environments', () => import('./pages/environments.tsx'), 'Environments'),
      inAccount('/environments/$environment', () => import('./pages/environment.tsx'), 'Environment'),
      inAccount('/environments/$environment/$workspace', () => import('./pages/workspace.tsx'), 'Workspace'),
      inAccount('/tokens/$id', () => import('./pages/token/token.tsx'), 'TokenPage'),
      inAccount('/token-report', () => import('./pages/token-report.tsx'), 'TokenReport'),
      inAccount('/settings', () => import('./pages/account/settings.tsx'), 'AccountSettings'),
      inAccount('/security-rules', () => import('./pages/security-rules.tsx'), 'SecurityRules'),
      inAccount('/leak-reports', () => import('./pages/leak-reports.tsx'), 'LeakReports'),
      inAccount('/leak-reports/webhooks', () => import('./pages/webhooks.tsx'), 'Webhooks'),
      inAccount('/leak-reports/$id', () => import('./pages/leak-report.tsx'), 'LeakReport'),
      inAccount('/audit-events', () => import('./pages/audit-events.tsx'), 'AuditEvents'),
      inAccount('/github-secret-scanning', () => import('./pages/github-secret-scanning.tsx'), 'GithubSecretScanning'),
    ]),
  ]),
])

export const router = createRouter({
  routeTree: routes,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} again={reset} />,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged) focusNewPage()
})
