/** Mounts the endpoints with the services their handlers need. */
import { endpointOpenApiDocument, openApiDocument } from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import type { Services } from './http/callers.ts'
import { type Admissions, mountEndpoints } from './http/endpoints/mount-endpoints.ts'
import { requireGitlab, requireMetricsToken } from './http/endpoints/shared-secrets.ts'
import { fastIntrospection } from './http/fast-path/fast-introspection.ts'
import { holder } from './leaks/decide.ts'
import { githubAlert, gitlab, requireGithubWebhook, requireReporter } from './leaks/endpoints/partner-endpoints.ts'
import type { LeakServices } from './leaks/endpoints/report-services.ts'
import type { Counts } from './metrics/counts.ts'
import type { Metrics } from './metrics/metrics.ts'
import { type EndpointHandlerServices, servedEndpoints } from './served-endpoints.ts'
import type { KeySets } from './workload-identity/key-sets.ts'

interface Parts {
  readonly signIn: EndpointHandlerServices['signIn']
  readonly leaks: LeakServices
  readonly counts: Counts
  readonly watch: { readonly token: Secret; readonly metrics: Metrics } | null
  readonly keySets: KeySets
}

let documents: EndpointHandlerServices['documents'] | undefined

/** Created once per process, when the first server is built: creating them later would block requests. */
function madeDocuments(): EndpointHandlerServices['documents'] {
  documents ??= { openApi: Buffer.from(openApiDocument()), endpointOpenApi: Buffer.from(endpointOpenApiDocument()) }
  return documents
}

export function mountServedEndpoints(
  server: Parameters<typeof mountEndpoints>[0],
  services: Services,
  { signIn, leaks, counts, watch, keySets }: Parts,
): void {
  const { authenticator, baseContext, jsonApi } = services
  const { limit } = authenticator
  const introspection = { ...authenticator, installation: baseContext.installation }
  server.fastEndpoints.set('/oauth/introspect', fastIntrospection(introspection))
  const handlers = servedEndpoints({
    signIn,
    oauth: { ...signIn, limit },
    assume: { database: jsonApi.database, keySets, baseContext, limit, afterWrite: jsonApi.afterWrite },
    introspection,
    database: jsonApi.database,
    leaks,
    watch,
    documents: madeDocuments(),
  })
  const fromGitlab: Admissions['client']['revokeGitlabTokens'] = (presented) =>
    requireGitlab({ secret: leaks.gitlabToken, limit: leaks.limit }, presented)
  const admissions: Admissions = {
    client: {
      getMetrics: (presented) => requireMetricsToken({ secret: watch?.token ?? null, limit }, presented),
      listRevocableTokenTypes: fromGitlab,
      revokeGitlabTokens: fromGitlab,
    },
    signature: {
      reportPartnerLeaks: (presented, body) => requireReporter(leaks, presented, body),
      receiveGithubAlert: (presented, body) => requireGithubWebhook(leaks, presented, body),
    },
  }
  const sources: Readonly<Record<string, string>> = {
    reportLeaks: holder,
    receiveGithubAlert: githubAlert,
    revokeGitlabTokens: gitlab,
  }
  mountEndpoints(
    server,
    {
      ...services,
      admissions,
      configured: { reporter: leaks.reporters.map(({ reporter }) => reporter.name) },
      onRefused: (name, params, reason) => {
        const source = name === 'reportPartnerLeaks' ? params['reporter'] : sources[name]
        if (source !== undefined) counts.reportRefused(source, reason)
      },
    },
    handlers,
  )
}
