/** The webhook headers of an agent pool. Sensitive values are encrypted and never returned. */
import { holdsToken } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { findWebhookSecrets } from './agent-pool-store.ts'

interface Header {
  readonly name?: string
  readonly value?: string | null
  readonly sensitive?: boolean
}

/** Returns the columns for these headers. A sensitive header without a value keeps its stored value. */
export async function headerColumns(
  context: Context,
  accountId: string,
  poolId: string,
  headers: readonly Header[] | null,
) {
  if (headers === null) return { webhookHeaders: null, webhookSecrets: null }
  const before = await openSecrets(context, accountId, poolId)
  const secrets: Record<string, string> = {}
  const visible = headers.map(({ name = '', value = null, sensitive = false }, index) => {
    refuseToken(context, name, index)
    if (!sensitive) refuseToken(context, value ?? '', index)
    if (sensitive) secrets[name] = value ?? before[name] ?? ''
    return { name, value: sensitive ? null : value, sensitive }
  })
  const sealed =
    Object.keys(secrets).length > 0
      ? await context.vault.seal(context.db, accountId, sealLocation(poolId), JSON.stringify(secrets))
      : null
  return { webhookHeaders: JSON.stringify(visible), webhookSecrets: sealed }
}

function refuseToken({ installation }: Context, text: string, index: number): void {
  if (!holdsToken(installation.mark, text)) return
  throw new Refusal('invalid-attribute', {
    detail: 'This contains an API token. Make the header sensitive.',
    at: `/data/attributes/webhook-headers/${index}`,
  })
}

async function openSecrets(context: Context, accountId: string, poolId: string): Promise<Record<string, string>> {
  const sealed = await findWebhookSecrets(context.db, poolId)
  if (!sealed) return {}
  return JSON.parse(
    (await context.vault.open(context.db, accountId, sealLocation(poolId), sealed)).toString(),
  ) as Record<string, string>
}

const sealLocation = (poolId: string) => `agent_pools/${poolId}/webhook_secrets`
