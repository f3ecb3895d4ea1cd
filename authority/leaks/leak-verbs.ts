import type { BodyOf, leakReports, leakRules, Wish } from '@mintmark/contract'
import { endLeaked, relatives } from '../access-tokens/leaked.ts'
import { inTheSameHands } from '../access-tokens/uses-since.ts'
import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { setLeakRules } from '../security-rules/rules.ts'
import { leakOf } from './leak-shelf.ts'

type Contain = BodyOf<(typeof leakReports)['operations']['contain']['body']>

/** Ends what may be in the same hands. The calling token is spared, or whoever contains would lock themselves out. */
export async function containLeak(context: Context, report: Stored, { what }: Contain): Promise<void> {
  const tokenId = report.tokenId as string
  const accountId = report.accountId as string | null
  const itself = report.tokenState === 'ended' ? [] : [tokenId]
  const ids =
    what === 'family' || what === 'owner'
      ? await relatives(context.db, what, tokenId)
      : what === 'network'
        ? [...itself, ...(await inTheSameHands(context.db, leakOf(report)))]
        : itself
  const ended = ids.filter((id) => id !== context.actor.tokenId)
  await endLeaked(context, ended, accountId, `contained: ${what} of ${report.id}`)
  await record(context, {
    action: 'leak-reports.contained',
    accountId,
    subjectType: 'leak-reports',
    subjectId: report.id,
    after: { what, ended },
  })
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
