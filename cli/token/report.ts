import type { Page } from '@mintmark/client'
import { accessTokenUsages, limits, type Resource } from '@mintmark/contract'
import type { Command } from 'commander'
import { openClient, untyped } from '../client-command.ts'
import { type ListFlags, listCommand, listPrinter } from '../output/list-command.ts'
import { filterOptions, readFilters, sortOption } from '../resource/filters.ts'
import { filterPage, reportFilter, type TokenFilterFlags, tokenFilter, withTokenFilters } from './token-filters.ts'

type Flags = ListFlags & TokenFilterFlags & Readonly<Record<string, unknown>>

const columns = ['id', 'name', 'lastCharacters', 'ownerEmail', 'ownerStatus', 'expiresAt', 'lastUsedAt']
const filterNames = ['account', 'name', 'ownerEmail', 'ownerId', 'ownerStatus', 'ownerType']

export function addTokenReport(parent: Command): void {
  const command = listCommand(parent, 'report', 'List the tokens of all users and service accounts in your accounts.')
  const options = filterOptions(accessTokenUsages, filterNames, 'only those with this')
  for (const { option } of options) command.addOption(option)
  withTokenFilters(command)
    .addOption(sortOption(accessTokenUsages.operations.list.sort, 'ownerEmail'))
    .action(async (flags: Flags) => {
      const printList = listPrinter(accessTokenUsages, flags, { columns, emptyText: 'No tokens.' })
      const client = await openClient(flags)
      const filters = { ...(await readFilters(client, options, flags)), ...reportFilter(flags) }
      const sort = [(flags['sort'] as string | undefined) ?? 'ownerEmail']
      const isSelected = tokenFilter(flags)
      await printList(async ({ number }) => {
        const page = { number, size: limits.pageSizeMax }
        const read = await untyped(client).call(accessTokenUsages, 'list', { filters, sort, page })
        return filterPage(read as Page<Resource>, isSelected)
      })
    })
}
