import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { id } from '../named.ts'
import { print, printJson } from '../print.ts'

export function addTokenDelete(parent: Command): void {
  clientCommand(parent, 'delete', 'End a token at once.')
    .argument('<id>', 'its id, or self for the token this is called with', id)
    .action(remove)
}

async function remove(accessToken: string, flags: ClientFlags): Promise<void> {
  await (await openClient(flags)).call(accessTokens, 'remove', { path: { accessToken } })
  if (flags.json) return printJson({ id: accessToken, deleted: true })
  print(
    `Deleted ${accessToken === 'self' ? 'the token this was called with' : accessToken}. It is refused from now on.`,
  )
}
