import type { Page } from '@mintmark/client'
import { accessTokens, limits, type Resource, revokedAccessTokens } from '@mintmark/contract'
import { type Command, Option } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { openClient } from '../client-command.ts'
import { type ListFlags, listCommand, listPrinter } from '../output/list-command.ts'
import { filterPage, serverFilter, type TokenFilterFlags, tokenFilter, withTokenFilters } from './token-filters.ts'

interface Flags extends ListFlags, TokenFilterFlags {
  readonly serviceAccount?: string
  readonly revoked?: boolean
}

const active = {
  resource: accessTokens,
  columns: ['id', 'name', 'lastCharacters', 'createdAt', 'expiresAt', 'lastUsedAt'],
  emptyText: 'No tokens.',
} as const

const revoked = {
  resource: revokedAccessTokens,
  columns: [
    ...['id', 'name', 'lastCharacters', 'createdAt', 'lastUsedAt', 'revokedAt', 'reason'],
    { label: 'revoked by', of: ['revokedById', 'revokedByType'] },
  ],
  emptyText: 'No revoked tokens.',
} as const

export function addTokenList(parent: Command): void {
  withTokenFilters(listCommand(parent, 'list', 'List your tokens or those of a service account.'))
    .option('--service-account <name or ID>', 'list the tokens of this service account')
    .addOption(
      new Option(
        '--revoked',
        'list revoked tokens, newest revocation first, with the reason and who revoked them',
      ).conflicts(['unused', 'expiring', 'expired', 'expiry']),
    )
    .action(list)
}

async function list({ serviceAccount, ...flags }: Flags): Promise<void> {
  const { resource, ...output } = flags.revoked ? revoked : active
  const printList = listPrinter(resource, flags, output)
  const client = await openClient(flags)
  const owner = serviceAccount === undefined ? undefined : await findServiceAccountId(client, serviceAccount)
  const filters = serverFilter(flags)
  const isSelected = tokenFilter(flags)
  await printList(async ({ number }) => {
    const options = { filters, page: { number, size: limits.pageSizeMax } }
    const read: Page<Resource> =
      owner === undefined
        ? await client.call(resource, 'list', options)
        : await client.call(resource, 'listOfServiceAccount', { path: { serviceAccount: owner }, ...options })
    return filterPage(read, isSelected)
  })
}
