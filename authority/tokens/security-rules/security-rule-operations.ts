import type { InputOf, securityRules } from '@mintmark/contract'
import { type Context, Refusal } from '../../context.ts'
import { findRules, updateRules } from './security-rule-store.ts'
import type { SecurityRuleRecord } from './security-rule-view.ts'

/** Returns the id of the rules of the named account, or of the caller's only one. Every account has rules. */
export async function ownRules({ db, actor, request }: Context): Promise<string> {
  const named = request.query.get('filter[account]')
  if (named === null && actor.accounts.length > 1)
    throw new Refusal('invalid-parameter', {
      detail: 'You belong to several accounts. Name one with filter[account].',
      parameter: 'filter[account]',
    })
  const accountId = named === null ? actor.accounts[0] : actor.accounts.find((id) => id === named)
  return (await findRules(db, accountId ?? ''))?.id ?? ''
}

export async function changeRules(
  context: Context,
  rules: SecurityRuleRecord,
  input: InputOf<typeof securityRules>,
): Promise<void> {
  const {
    enforceAgentPool,
    requireOwnersForServiceAccounts,
    maxPersonalTokenLifetime,
    maxServiceAccountTokenLifetime,
  } = input
  await updateRules(context.db, rules.id, {
    ...(enforceAgentPool === undefined ? {} : { enforceAgentPool: Number(enforceAgentPool) }),
    ...(requireOwnersForServiceAccounts === undefined
      ? {}
      : { requireOwnersForServiceAccounts: Number(requireOwnersForServiceAccounts) }),
    ...(maxPersonalTokenLifetime === undefined ? {} : { maxPersonalTokenLifetime }),
    ...(maxServiceAccountTokenLifetime === undefined ? {} : { maxServiceAccountTokenLifetime }),
  })
}
