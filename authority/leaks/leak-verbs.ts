import type { BodyOf, leakReports, leakRules, Wish } from '@mintmark/contract'
import { derivedOf, relatives } from '../access-tokens/leaked.ts'
import { endTokens } from '../access-tokens/revoke.ts'
import { revokeAllOf } from '../access-tokens/revoke-many.ts'
import { inTheSameHands } from '../access-tokens/uses-since.ts'
import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { setLeakRules } from '../security-rules/rules.ts'
import { removePoliciesFrom } from '../workload-identity-providers/written-by-tokens.ts'
import { leakOf } from './leak-shelf.ts'

type Contain = BodyOf<(typeof leakReports)['operations']['contain']['body']>

/** So many tokens are named in the audit event of a containment; each has an event of its own. */
const namedMax = 100

/** Revokes what may be in the same hands. The calling token is spared, or whoever contains would lock themselves out. */
export async function containLeak(context: Context, report: Stored, { what }: Contain): Promise<void> {
  const reason = `contained: ${what} of ${report.id}`
  const sparedTokenId = context.actor.tokenId || null
  const ofOwner =
    what === 'owner' ? await revokeAllOf(context, report.ownerId as string, { before: { reason }, sparedTokenId }) : []
  const others = (await reachOf(context, report, what)).filter((id) => id !== sparedTokenId)
  const ended = [...(ofOwner ?? []), ...(await endTokens(context, others, reason))]
  const inTheirHands = what === 'network' ? others : []
  if (what !== 'token') await removePoliciesFrom(context, [report.tokenId as string, ...inTheirHands], reason)
  const isAll = ofOwner !== null && ended.length <= namedMax
  await record(context, {
    action: 'leak-reports.contained',
    accountId: (report.accounts as (string | null)[]).filter((id) => id !== null),
    subjectType: 'leak-reports',
    subjectId: report.id,
    after: { what, ended: ended.slice(0, namedMax), ...(isAll ? {} : { more: true }) },
  })
}

/** What is revoked by id: of an owner, only what its tokens created for others. */
async function reachOf({ db }: Context, report: Stored, what: Contain['what']): Promise<string[]> {
  const tokenId = report.tokenId as string
  if (what === 'owner') return derivedOf(db, tokenId)
  if (what === 'family') return relatives(db, tokenId)
  const itself = report.tokenState === 'ended' ? [] : [tokenId]
  return what === 'network' ? [...itself, ...(await inTheSameHands(db, leakOf(report)))] : itself
}

export async function changeLeakRules(context: Context, rules: Stored, wish: Wish<typeof leakRules>): Promise<void> {
  await setLeakRules(context.db, rules.id, wish)
  await record(context, {
    action: 'leak-rules.updated',
    accountId: rules.accountId as string,
    subjectType: 'leak-rules',
    subjectId: rules.id,
    before: rules,
    after: { ...wish },
  })
}
