import type { Found, Listed } from '@mintmark/client'
import { accessPolicies, auditEvents, leakReports, type Resource, roles, webhooks } from '@mintmark/contract'
import { IdBadgeIcon, LogIcon, ReportIcon, ShieldCheckIcon, WebhookIcon } from '@primer/octicons-react'
import { type Caller, type Candidate, type Kind, type Search, searchFor, type Target } from './search-for.ts'

/** Objects without a name, or whose names are not searched. */
export function searchesById(words: string, { account }: Caller): readonly Candidate[] {
  const id = words.toLowerCase()
  const iam = `/${account}/iam`
  const candidate = <R extends Resource, K extends Listed<R>>(permission: string, kind: Kind<R, K>): Candidate => ({
    prefix: kind.of.prefix,
    permission,
    search: searchFor(id, kind) as Search,
  })
  return [
    candidate('leak-reports', {
      of: leakReports,
      operation: 'list',
      group: 'Leak reports',
      icon: ReportIcon,
      filters: { account },
      result: ({ tokenName, tokenLastCharacters }) => [
        `Leak of ${tokenName || 'a token'} (…${tokenLastCharacters ?? ''})`,
        id,
        `/${account}/leak-reports/${id}`,
      ],
    }),
    candidate('roles', {
      of: roles,
      operation: 'list',
      group: 'Roles',
      icon: IdBadgeIcon,
      filters: { account: `in:null,${account}` },
      result: ({ name }) => [name, id, `${iam}/roles/${id}`],
    }),
    candidate('access-policies', {
      of: accessPolicies,
      operation: 'list',
      group: 'Access policies',
      icon: ShieldCheckIcon,
      filters: { withinAccount: account },
      result: (policy) => ['Access policy', id, pageOfSubject(policy, iam)],
    }),
    candidate('notification-webhooks', {
      of: webhooks,
      operation: 'list',
      group: 'Webhooks',
      icon: WebhookIcon,
      filters: { account },
      result: ({ url }) => [url, id, `/${account}/leak-reports/webhooks`],
    }),
    candidate('audit-events', {
      of: auditEvents,
      operation: 'list',
      group: 'Audit events',
      icon: LogIcon,
      filters: { account },
      result: ({ action }) => [action, id, { to: `/${account}/audit-events`, search: { q: id } }],
    }),
  ]
}

/** A policy has no page of its own. */
function pageOfSubject({ userId, teamId, serviceAccountId }: Found<typeof accessPolicies>, iam: string): Target {
  if (userId) return `${iam}/users/${userId}`
  if (teamId) return `${iam}/teams/${teamId}`
  return { to: `${iam}/service-accounts/${serviceAccountId ?? ''}`, search: { tab: 'access' } }
}
