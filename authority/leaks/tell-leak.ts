import type { Context } from '../context.ts'
import { tellAccounts } from '../notices/tell-notice.ts'
import { confidenceOf } from './decide.ts'
import type { Leak } from './take-reports.ts'

/** To every account concerned, and the owner: which token, where it lay, what was done. Never the token. */
export async function tellLeak(context: Context, { id, token, source, place, answer }: Leak): Promise<void> {
  await tellAccounts(context, token.accounts, {
    kind: 'token.leaked',
    ownerKind: token.ownerKind,
    ownerId: token.ownerId,
    subjectType: 'access-tokens',
    subjectId: token.id,
    data: {
      report: id,
      token: { id: token.id, name: token.name, 'last-characters': token.lastCharacters },
      source,
      confidence: confidenceOf(source, place),
      place,
      answer,
    },
  })
}
