import { limits, tokenActivity } from '@mintmark/contract'
import type { Command } from 'commander'
import { id } from '../arguments/find-by-name.ts'
import { openClient } from '../client-command.ts'
import { type ListFlags, listCommand, listPrinter } from '../output/list-command.ts'

const columns = ['network', 'operation', 'times', 'denied', 'rejected', 'firstAt', 'lastAt']

interface Flags extends ListFlags {
  readonly revoked?: boolean
}

export function addTokenUses(parent: Command): void {
  listCommand(parent, 'uses', 'List the networks and operations that a token was used for, newest first.')
    .argument('<id>', 'ID, or self for the token that authenticates this command', id)
    .option('--revoked', 'the token is revoked')
    .action(list)
}

async function list(token: string, flags: Flags): Promise<void> {
  const printList = listPrinter(tokenActivity, flags, { columns, emptyText: 'No uses.' })
  const client = await openClient(flags)
  await printList(({ number }) => {
    const page = { number, size: limits.pageSizeMax }
    return flags.revoked
      ? client.call(tokenActivity, 'listOfRevokedAccessToken', { path: { revokedAccessToken: token }, page })
      : client.call(tokenActivity, 'list', { path: { accessToken: token }, page })
  })
}
