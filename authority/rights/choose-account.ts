import { may } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'

/** Returns the account for a new object: the one named, or the only one in which the caller may create it. */
export function chooseAccount({ actor }: Context, named: string | null | undefined, permission: string): string {
  const allowed = (account: string) => may(actor.rights, permission, { account })
  if (named) {
    if (!allowed(named))
      throw new Refusal('forbidden', {
        detail: `This requires the permission ${permission} on the account.`,
        permission,
      })
    return named
  }
  const [only, ...others] = actor.accounts.filter(allowed)
  if (only === undefined)
    throw new Refusal('forbidden', { detail: `This requires the permission ${permission} on the account.`, permission })
  if (others.length > 0) {
    throw new Refusal('invalid-relationship', {
      detail: 'You belong to several accounts. Name one of them.',
      at: '/data/relationships/account',
    })
  }
  return only
}
