import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { id } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'

export function addTokenDelete(parent: Command): void {
  clientCommand(parent, 'delete', 'Delete a token. Requests that use it fail immediately.')
    .argument('<id>', 'ID, or self for the token that authenticates this command', id)
    .action(remove)
}

async function remove(accessToken: string, flags: ClientFlags): Promise<void> {
  await (await openClient(flags)).call(accessTokens, 'remove', { path: { accessToken } })
  if (flags.json) return printJson({ id: accessToken, deleted: true })
  print(`Deleted ${accessToken === 'self' ? 'the token of this command' : accessToken}. Requests that use it now fail.`)
}
