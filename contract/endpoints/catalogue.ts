/** All endpoints. */
import type { EndpointDeclaration } from '../endpoint.ts'
import { installationEndpoints } from './installation.ts'
import { invitationEndpoints } from './invitations.ts'
import { leakEndpoints } from './leaks.ts'
import { notificationEndpoints } from './notifications.ts'
import { oauthEndpoints } from './oauth.ts'
import { overviewEndpoints } from './overview.ts'
import { partnerReportEndpoints } from './partner-reports.ts'
import { plainJsonEndpoints } from './plain-json.ts'
import { sessionEndpoints } from './sessions.ts'
import { signInEndpoints } from './sign-in.ts'
import { signInMethodEndpoints } from './sign-in-methods.ts'
import { userSignInEndpoints } from './user-sign-in.ts'

export const endpoints = {
  ...installationEndpoints,
  ...plainJsonEndpoints,
  ...overviewEndpoints,
  ...notificationEndpoints,
  ...oauthEndpoints,
  ...signInEndpoints,
  ...sessionEndpoints,
  ...signInMethodEndpoints,
  ...invitationEndpoints,
  ...userSignInEndpoints,
  ...leakEndpoints,
  ...partnerReportEndpoints,
}

export type EndpointName = keyof typeof endpoints
export type EndpointOf<N extends EndpointName> = (typeof endpoints)[N]

export const endpointEntries = Object.entries(endpoints) as readonly (readonly [EndpointName, EndpointDeclaration])[]

/** Endpoints by subject, as in the OpenAPI document and the reference. */
export const endpointGroups: readonly {
  readonly name: string
  readonly about: string
  readonly endpoints: readonly EndpointDeclaration[]
}[] = [
  {
    name: 'Installation',
    about: 'Health, documentation and metrics of the installation.',
    endpoints: Object.values(installationEndpoints),
  },
  {
    name: 'PlainJson',
    about: "Endpoints of Scalr's API that use plain JSON.",
    endpoints: Object.values(plainJsonEndpoints),
  },
  { name: 'Overview', about: 'The state of an account at a glance.', endpoints: Object.values(overviewEndpoints) },
  {
    name: 'Notifications',
    about: 'The read state of notifications.',
    endpoints: Object.values(notificationEndpoints),
  },
  { name: 'OAuth', about: 'OAuth 2.0 and discovery.', endpoints: Object.values(oauthEndpoints) },
  { name: 'SignIn', about: 'Sign-in to the console.', endpoints: Object.values(signInEndpoints) },
  { name: 'Sessions', about: 'Console sessions.', endpoints: Object.values(sessionEndpoints) },
  { name: 'SignInMethods', about: "A user's sign-in methods.", endpoints: Object.values(signInMethodEndpoints) },
  { name: 'Invitations', about: 'Sign-in links for invited users.', endpoints: Object.values(invitationEndpoints) },
  {
    name: 'UserSignIn',
    about: 'Sessions and sign-in of other users, for administrators.',
    endpoints: Object.values(userSignInEndpoints),
  },
  { name: 'Leaks', about: 'Leak reports and scanner rules.', endpoints: Object.values(leakEndpoints) },
  { name: 'PartnerReports', about: 'Leak reports by code hosts.', endpoints: Object.values(partnerReportEndpoints) },
]
