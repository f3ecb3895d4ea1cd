/** Every endpoint there is. */
import type { EndpointDeclaration } from './endpoint.ts'
import { installationEndpoints } from './endpoints/installation.ts'
import { invitationEndpoints } from './endpoints/invitations.ts'
import { leakEndpoints } from './endpoints/leaks.ts'
import { oauthEndpoints } from './endpoints/oauth.ts'
import { partnerReportEndpoints } from './endpoints/partner-reports.ts'
import { plainJsonEndpoints } from './endpoints/plain-json.ts'
import { sessionEndpoints } from './endpoints/sessions.ts'
import { signInEndpoints } from './endpoints/sign-in.ts'
import { signInMethodEndpoints } from './endpoints/sign-in-methods.ts'

export const endpoints = {
  ...installationEndpoints,
  ...plainJsonEndpoints,
  ...oauthEndpoints,
  ...signInEndpoints,
  ...sessionEndpoints,
  ...signInMethodEndpoints,
  ...invitationEndpoints,
  ...leakEndpoints,
  ...partnerReportEndpoints,
}

export type EndpointName = keyof typeof endpoints
export type EndpointOf<N extends EndpointName> = (typeof endpoints)[N]

export const endpointEntries = Object.entries(endpoints) as readonly (readonly [EndpointName, EndpointDeclaration])[]

/** For the documents: endpoints by subject. */
export const endpointGroups: readonly {
  readonly name: string
  readonly about: string
  readonly endpoints: readonly EndpointDeclaration[]
}[] = [
  { name: 'Installation', about: 'The installation itself.', endpoints: Object.values(installationEndpoints) },
  { name: 'PlainJson', about: 'Plain JSON beside the resources.', endpoints: Object.values(plainJsonEndpoints) },
  { name: 'OAuth', about: 'OAuth 2.0 and discovery.', endpoints: Object.values(oauthEndpoints) },
  { name: 'SignIn', about: 'Signing in to the console.', endpoints: Object.values(signInEndpoints) },
  { name: 'Sessions', about: 'Console sessions.', endpoints: Object.values(sessionEndpoints) },
  { name: 'SignInMethods', about: 'Sign-in methods of a person.', endpoints: Object.values(signInMethodEndpoints) },
  { name: 'Invitations', about: 'Sign-in links for invited people.', endpoints: Object.values(invitationEndpoints) },
  { name: 'Leaks', about: 'Leaked tokens.', endpoints: Object.values(leakEndpoints) },
  { name: 'PartnerReports', about: 'Reports by code hosts.', endpoints: Object.values(partnerReportEndpoints) },
]
