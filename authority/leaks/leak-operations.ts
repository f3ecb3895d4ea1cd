import type { BodyOf, InputOf, leakReports, leakRules } from '@mintmark/contract'
import { audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { tokensOfSameHolder } from '../tokens/activity/activity-since.ts'
import { derivedOf, findRelatives } from '../tokens/leaked.ts'
import { notifyOwners } from '../tokens/notify-owners.ts'
import { revokeTokens } from '../tokens/revoke.ts'
import { revokeAllOf } from '../tokens/revoke-many.ts'
import { setLeakRules } from '../tokens/security-rules/rules.ts'
import { removePoliciesFrom } from '../workload-identity/written-by-tokens.ts'
import { type LeakReportRecord, type LeakRuleRecord, leakOf } from './leak-view.ts'

type Contain = BodyOf<(typeof leakReports)['operations']['contain']['body']>

/** The number of tokens listed in the audit event of a containment. Each revoked token also has its own event. */
const namedMax = 100

/** Revokes tokens that the attacker may have. The calling token is spared, so that callers do not lock themselves out. */
export async function containLeak(context: Context, report: LeakReportRecord, { what }: Contain): Promise<void> {
  const reason = `contained: ${what} of ${report.id}`
  const sparedTokenId = context.actor.tokenId || null
  const ofOwner =
    what === 'owner' ? await revokeAllOf(context, report.ownerId, { before: { reason }, sparedTokenId }) : []
  const others = (await reachOf(context, report, what)).filter((id) => id !== sparedTokenId)
  const ended = [...(ofOwner ?? []), ...(await revokeTokens(context, others, reason))]
  const inTheirHands = what === 'network' ? others : []
  if (what !== 'token') await removePoliciesFrom(context, [report.tokenId, ...inTheirHands], reason)
  // If there are too many to know them yet, the owner is notified about the reported one.
  const known = ofOwner === null ? [...new Set([report.tokenId, ...ended])] : ended
  await notifyOwners(context, known, { report: report.id, contained: what })
  const isAll = ofOwner !== null && ended.length <= namedMax
  await audit(context, {
    action: 'leak-reports.contained',
    accountId: report.accounts.filter((id) => id !== null),
    subjectType: 'leak-reports',
    subjectId: report.id,
    ownerId: report.ownerId,
    after: { what, ended: ended.slice(0, namedMax), ...(isAll ? {} : { more: true }) },
  })
}

/** Returns the IDs to revoke. For `owner`, only the tokens that the leaked token created for other owners. */
async function reachOf({ db }: Context, report: LeakReportRecord, what: Contain['what']): Promise<string[]> {
  const tokenId = report.tokenId
  if (what === 'owner') return derivedOf(db, tokenId)
  if (what === 'family') return findRelatives(db, tokenId)
  const itself = report.tokenState === 'inactive' ? [] : [tokenId]
  return what === 'network' ? [...itself, ...(await tokensOfSameHolder(db, leakOf(report)))] : itself
}

export async function changeLeakRules(
  context: Context,
  rules: LeakRuleRecord,
  input: InputOf<typeof leakRules>,
): Promise<void> {
  await setLeakRules(context.db, rules.id, input)
}
