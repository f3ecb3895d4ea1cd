import type { accessTokens, CreateInputOf, InputOf } from '@mintmark/contract'
import { type Context, Refusal } from '../context.ts'
import type { RecordInAccount } from '../database/views/record-of.ts'
import type { Filter, ListedRows } from '../database/views/resource-view.ts'
import { updateToken } from './access-token-store.ts'
import type { AccessTokenRecord } from './access-token-view.ts'
import { type Minted, mint } from './mint.ts'

type TokenInput = InputOf<typeof accessTokens>

export async function createPersonalToken(
  context: Context,
  input: CreateInputOf<typeof accessTokens>,
): Promise<Minted> {
  const { kind, id } = context.actor
  if (kind !== 'user') {
    throw new Refusal('forbidden', {
      detail: 'Only a person has personal tokens; a service account gets its own under /service-accounts.',
    })
  }
  return mint(context, { kind, id, accountId: null }, input)
}

export function createServiceAccountToken(
  context: Context,
  input: CreateInputOf<typeof accessTokens>,
  serviceAccount: RecordInAccount,
): Promise<Minted> {
  return mint(context, { kind: 'service-account', id: serviceAccount.id, accountId: serviceAccount.accountId }, input)
}

export function createAgentPoolToken(
  context: Context,
  input: CreateInputOf<typeof accessTokens>,
  pool: RecordInAccount,
): Promise<Minted> {
  return mint(context, { kind: 'agent-pool', id: pool.id, accountId: pool.accountId }, input)
}

export async function changeToken(context: Context, token: AccessTokenRecord, input: TokenInput): Promise<void> {
  const { name, description } = input
  await updateToken(context.db, token.id, {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  })
}

/** Lists the caller's own tokens. A narrowed token sees only itself. */
export function ownTokens({ actor }: Context): Filter[] {
  const [name, value] = actor.rights.narrowing ? ['accessToken', actor.tokenId] : ['owner', actor.id]
  return [{ name, operator: 'in', values: [value] }]
}

const many = 10_000

/** For owners with many tokens, returns the count of live tokens in the replica instead of counting rows. */
export function manyTokens(
  { liveTokens }: Context,
  { filters: [only, ...others], reach }: ListedRows,
): number | undefined {
  const isOfOwner = only && others.length === 0 && ['owner', 'serviceAccount', 'agentPool'].includes(only.name)
  const [owner, ...more] = reach.everything && isOfOwner && only.operator === 'in' ? only.values : []
  const count = owner && more.length === 0 ? liveTokens(owner) : undefined
  return count !== undefined && count > many ? count : undefined
}

/** `self` means the calling token. */
export const selfToken = ({ actor }: Context, id: string): string => (id === 'self' ? actor.tokenId : id)
