import type { BodyOf, leakReports, leakRules, Wish } from '@mintmark/contract'
import { relatives } from '../access-tokens/leaked.ts'
import { endTokens } from '../access-tokens/revoke.ts'
import { inTheSameHands } from '../access-tokens/uses-since.ts'
import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { setLeakRules } from '../security-rules/rules.ts'
import { leakOf } from './leak-shelf.ts'

type Contain = BodyOf<(typeof leakReports)['operations']['contain']['body']>

/** Ends what may be in the same hands. The calling token is spared, or whoever contains would lock themselves out. */
export async function containLeak(context: Context, report: Stored, { what }: Contain): Promise<void> {
  const ended = (await reachOf(context, report, what)).filter((id) => id !== context.actor.tokenId)
  await endTokens(context, ended, `contained: ${what} of ${report.id}`)
  await record(context, {
    action: 'leak-reports.contained',
    accountId: (report.accounts as (string | null)[]).filter((id) => id !== null),
    subjectType: 'leak-reports',
    subjectId: report.id,
    after: { what, ended },
  })
}

async function reachOf({ db }: Context, report: Stored, what: Contain['what']): Promise<string[]> {
  const tokenId = report.tokenId as string
  if (what === 'family' || what === 'owner') return relatives(db, what, tokenId)
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
