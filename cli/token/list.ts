import type { Page } from '@mintmark/client'
import { accessTokens, limits, type Resource } from '@mintmark/contract'
import type { Command } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { openClient } from '../client-command.ts'
import { type ListFlags, listCommand, listPrinter } from '../output/list-command.ts'
import { filterPage, serverFilter, type TokenFilterFlags, tokenFilter, withTokenFilters } from './token-filters.ts'

interface Flags extends ListFlags, TokenFilterFlags {
  readonly serviceAccount?: string
}

const columns = ['id', 'name', 'lastCharacters', 'createdAt', 'expiresAt', 'lastUsedAt']

export function addTokenList(parent: Command): void {
  withTokenFilters(listCommand(parent, 'list', 'List your tokens or those of a service account.'))
    .option('--service-account <name or ID>', 'list the tokens of this service account')
    .action(list)
}

async function list({ serviceAccount, ...flags }: Flags): Promise<void> {
  const printList = listPrinter(accessTokens, flags, { columns, emptyText: 'No tokens.' })
  const client = await openClient(flags)
  const owner = serviceAccount === undefined ? undefined : await findServiceAccountId(client, serviceAccount)
  const filters = serverFilter(flags)
  const isSelected = tokenFilter(flags)
  await printList(async ({ number }) => {
    const page = { number, size: limits.pageSizeMax }
    const read: Page<Resource> =
      owner === undefined
        ? await client.call(accessTokens, 'list', { filters, page })
        : await client.call(accessTokens, 'listOfServiceAccount', { path: { serviceAccount: owner }, filters, page })
    return filterPage(read, isSelected)
  })
}
