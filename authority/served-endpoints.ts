/** Maps every endpoint that is declared in `contract/` to its handler. */
import type { Secret } from '@mintmark/token'
import type { Database } from './database/database.ts'
import type { EndpointHandlers } from './http/endpoints/mount-endpoints.ts'
import * as partners from './leaks/endpoints/partner-endpoints.ts'
import * as leaks from './leaks/endpoints/report-endpoints.ts'
import type { LeakServices } from './leaks/endpoints/report-services.ts'
import type { Metrics } from './metrics/metrics.ts'
import { markNotificationsRead } from './notifications/mark-read.ts'
import manifest from './package.json' with { type: 'json' }
import * as oauth from './sign-in/authorizations/oauth-endpoints.ts'
import * as email from './sign-in/email/email-endpoints.ts'
import * as invitations from './sign-in/links/invitation-endpoints.ts'
import * as methods from './sign-in/methods/method-endpoints.ts'
import * as sessions from './sign-in/session-endpoints.ts'
import * as signIn from './sign-in/sign-in-endpoints.ts'
import * as userSignIn from './sign-in/users/user-sign-in-endpoints.ts'
import { getAccountOverview } from './tokens/overview/account-overview.ts'
import { type IntrospectionServices, introspect } from './verdicts/introspection/introspect.ts'
import { type AssumeServices, assumeServiceAccount } from './workload-identity/assume-endpoint.ts'

export interface EndpointHandlerServices {
  readonly signIn: methods.MethodServices & invitations.InvitationServices
  readonly oauth: Parameters<typeof oauth.exchangeCode>[0]
  readonly assume: AssumeServices
  readonly introspection: IntrospectionServices
  readonly database: Database
  readonly leaks: LeakServices
  /** Null if no metrics token is configured. */
  readonly watch: { readonly token: Secret; readonly metrics: Metrics } | null
  /** As bytes, which all responses share: hundreds may wait for slow clients. */
  readonly documents: Readonly<Record<'openApi' | 'endpointOpenApi', Buffer>>
}

export function servedEndpoints(services: EndpointHandlerServices): EndpointHandlers {
  const { documents, watch } = services
  return {
    ping: () => ({ text: 'pong' }),
    getVersion: () => ({ json: { version: manifest.version } }),
    getOpenapi: () => ({ text: documents.openApi }),
    getEndpointOpenapi: () => ({ text: documents.endpointOpenApi }),
    getMetrics: watch && (async () => ({ text: await watch.metrics.text(), mediaType: watch.metrics.contentType })),

    assumeServiceAccount: (request) => assumeServiceAccount(services.assume, request),
    getWorkspaceOutputs: () => ({ json: { data: [] } }),

    getAccountOverview: (request) => getAccountOverview(services.database.lists(request.signal), request),
    markNotificationsRead: (request) => markNotificationsRead(services.database, request),

    discoverTerraformServices: oauth.discoverTerraformServices,
    getAuthorizationServerMetadata: oauth.getAuthorizationServerMetadata,
    beginAuthorization: oauth.beginAuthorization,
    createAuthorization: (request) => oauth.createAuthorization(services.signIn, request),
    exchangeCode: (request) => oauth.exchangeCode(services.oauth, request),
    introspect: (request) => introspect(services.introspection, request),

    getSession: (request) => signIn.getSession(services.signIn, request),
    signInWithPassword: (request) => signIn.enterWithPassword(services.signIn, request),
    signInWithPasskey: (request) => signIn.enterWithPasskey(services.signIn, request),
    getPasskeyOptions: (request) => signIn.getPasskeyOptions(services.signIn, request),
    openSignInLink: (request) => signIn.openSignInLink(services.signIn, request),
    signInWithLink: (request) => signIn.enterWithLink(services.signIn, request),
    signOut: (request) => signIn.signOut(services.signIn, request),

    getRights: (request) => sessions.getRights(services.signIn, request),
    updateProfile: (request) => sessions.updateProfile(services.signIn, request),
    requestEmailChange: (request) => email.requestEmailChange(services.signIn, request),
    confirmEmailChange: (request) => email.confirmEmailChange(services.signIn, request),
    reauthenticate: (request) => sessions.reauthenticate(services.signIn, request),
    listSessions: (request) => sessions.listSessions(services.signIn, request),
    endSession: (request) => sessions.endOneSession(services.signIn, request),
    endOtherSessions: (request) => sessions.endOtherSessions(services.signIn, request),

    getSignInMethods: (request) => methods.getSignInMethods(services.signIn, request),
    changePassword: (request) => methods.changePassword(services.signIn, request),
    checkPasswordStrength: (request) => methods.checkPasswordStrength(services.signIn, request),
    getPasskeyRegistrationOptions: (request) => methods.getPasskeyRegistrationOptions(services.signIn, request),
    registerPasskey: (request) => methods.registerPasskey(services.signIn, request),
    removePasskey: (request) => methods.removePasskey(services.signIn, request),
    beginTotp: (request) => methods.beginTotp(services.signIn, request),
    confirmTotp: (request) => methods.confirmTotp(services.signIn, request),
    removeTotp: (request) => methods.removeTotp(services.signIn, request),
    createRecoveryCodes: (request) => methods.createRecoveryCodes(services.signIn, request),

    inviteByLink: (request) => invitations.inviteByLink(services.signIn, request),
    acceptInvitation: (request) => invitations.acceptInvitation(services.signIn, request),

    listUserSessions: (request) => userSignIn.listUserSessions(services.signIn, request),
    endUserSession: (request) => userSignIn.endUserSession(services.signIn, request),
    resetUserSignIn: (request) => userSignIn.resetUserSignIn(services.signIn, request),

    getLeakPage: leaks.getLeakPage,
    reportLeaks: (request) => leaks.reportLeaks(services.leaks, request),
    checkTokens: (request) => leaks.checkTokens(services.leaks, request),
    verifyFoundToken: (request) => leaks.verifyFoundToken(services.leaks, request),
    getRuleFile: (request) => leaks.getRuleFile(services.leaks, request),
    getFingerprints: (request) => leaks.getFingerprints(services.leaks, request),

    reportPartnerLeaks: (request) => partners.reportPartnerLeaks(services.leaks, request),
    receiveGithubAlert: (request) => partners.receiveGithubAlert(services.leaks, request),
    listRevocableTokenTypes: partners.listRevocableTokenTypes,
    revokeGitlabTokens: (request) => partners.revokeGitlabTokens(services.leaks, request),
  }
}
