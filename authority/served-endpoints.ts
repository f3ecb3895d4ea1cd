/** Every endpoint with its handler: what is declared in `contract/` meets what carries it out. */
import type { Secret } from '@mintmark/token'
import type { EndpointHandlers } from './http/endpoints/mount-endpoints.ts'
import { pageHeaders } from './http/security-headers.ts'
import * as partners from './leaks/endpoints/partner-endpoints.ts'
import * as leaks from './leaks/endpoints/report-endpoints.ts'
import type { LeakServices } from './leaks/endpoints/report-services.ts'
import type { Metrics } from './metrics/metrics.ts'
import * as oauth from './sign-in/authorizations/oauth-endpoints.ts'
import * as invitations from './sign-in/links/invitation-endpoints.ts'
import * as methods from './sign-in/methods/method-endpoints.ts'
import * as sessions from './sign-in/session-endpoints.ts'
import * as signIn from './sign-in/sign-in-endpoints.ts'
import { type IntrospectionServices, introspect } from './verdicts/introspect.ts'
import { type AssumeServices, assumeServiceAccount } from './workload-identity/assume-endpoint.ts'

export interface EndpointHandlerServices {
  readonly signIn: methods.MethodServices & invitations.InvitationServices
  readonly oauth: Parameters<typeof oauth.exchangeCode>[0]
  readonly assume: AssumeServices
  readonly introspection: IntrospectionServices
  readonly leaks: LeakServices
  /** Null if no metrics token is configured. */
  readonly watch: { readonly token: Secret; readonly metrics: Metrics } | null
  readonly documents: Readonly<Record<'openApi' | 'endpointOpenApi' | 'reference', string>>
}

export function servedEndpoints(services: EndpointHandlerServices): EndpointHandlers {
  const { documents, watch } = services
  return {
    ping: () => ({ text: 'pong' }),
    getOpenapi: () => ({ text: documents.openApi }),
    getEndpointOpenapi: () => ({ text: documents.endpointOpenApi }),
    getReference: () => ({
      text: documents.reference,
      mediaType: 'text/html; charset=utf-8',
      headers: pageHeaders,
    }),
    getMetrics: watch && (async () => ({ text: await watch.metrics.text(), mediaType: watch.metrics.contentType })),

    assumeServiceAccount: (asked) => assumeServiceAccount(services.assume, asked),
    getWorkspaceOutputs: () => ({ json: { data: [] } }),

    discoverTerraformServices: oauth.discoverTerraformServices,
    getAuthorizationServerMetadata: oauth.getAuthorizationServerMetadata,
    beginAuthorization: oauth.beginAuthorization,
    createAuthorization: (asked) => oauth.createAuthorization(services.signIn, asked),
    exchangeCode: (asked) => oauth.exchangeCode(services.oauth, asked),
    introspect: (asked) => introspect(services.introspection, asked),

    getSession: (asked) => signIn.getSession(services.signIn, asked),
    signInWithPassword: (asked) => signIn.enterWithPassword(services.signIn, asked),
    signInWithPasskey: (asked) => signIn.enterWithPasskey(services.signIn, asked),
    getPasskeyOptions: (asked) => signIn.getPasskeyOptions(services.signIn, asked),
    openSignInLink: (asked) => signIn.openSignInLink(services.signIn, asked),
    signInWithLink: (asked) => signIn.enterWithLink(services.signIn, asked),
    signOut: (asked) => signIn.signOut(services.signIn, asked),

    getRights: sessions.getRights,
    reauthenticate: (asked) => sessions.reauthenticate(services.signIn, asked),
    listSessions: (asked) => sessions.listSessions(services.signIn, asked),
    endSession: (asked) => sessions.endOneSession(services.signIn, asked),
    endOtherSessions: (asked) => sessions.endOtherSessions(services.signIn, asked),

    getSignInMethods: (asked) => methods.getSignInMethods(services.signIn, asked),
    changePassword: (asked) => methods.changePassword(services.signIn, asked),
    checkPasswordStrength: (asked) => methods.checkPasswordStrength(services.signIn, asked),
    getPasskeyRegistrationOptions: (asked) => methods.getPasskeyRegistrationOptions(services.signIn, asked),
    registerPasskey: (asked) => methods.registerPasskey(services.signIn, asked),
    removePasskey: (asked) => methods.removePasskey(services.signIn, asked),
    beginTotp: (asked) => methods.beginTotp(services.signIn, asked),
    confirmTotp: (asked) => methods.confirmTotp(services.signIn, asked),
    removeTotp: (asked) => methods.removeTotp(services.signIn, asked),
    createRecoveryCodes: (asked) => methods.createRecoveryCodes(services.signIn, asked),

    inviteByLink: (asked) => invitations.inviteByLink(services.signIn, asked),
    acceptInvitation: (asked) => invitations.acceptInvitation(services.signIn, asked),

    getLeakPage: leaks.getLeakPage,
    reportLeaks: (asked) => leaks.reportLeaks(services.leaks, asked),
    checkTokens: (asked) => leaks.checkTokens(services.leaks, asked),
    verifyFoundToken: (asked) => leaks.verifyFoundToken(services.leaks, asked),
    getRuleFile: (asked) => leaks.getRuleFile(services.leaks, asked),
    getFingerprints: (asked) => leaks.getFingerprints(services.leaks, asked),

    reportPartnerLeaks: (asked) => partners.reportPartnerLeaks(services.leaks, asked),
    receiveGithubAlert: (asked) => partners.receiveGithubAlert(services.leaks, asked),
    listRevocableTokenTypes: partners.listRevocableTokenTypes,
    revokeGitlabTokens: (asked) => partners.revokeGitlabTokens(services.leaks, asked),
  }
}
