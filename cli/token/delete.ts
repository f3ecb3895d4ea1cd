import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { id } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts'
import { print, printJson, when } from '../output/print.ts'

export function addTokenDelete(parent: Command): void {
  withConfirmation(clientCommand(parent, 'delete', 'Delete a token. Requests that use it fail immediately.'))
    .alias('revoke')
    .argument('<id>', 'ID, or self for the token that authenticates this command', id)
    .action(remove)
}

async function remove(accessToken: string, flags: ClientFlags & ConfirmFlags): Promise<void> {
  const subject = accessToken === 'self' ? 'the token of this command' : accessToken
  await confirm(`Delete ${subject}? Requests that use it start failing immediately.`, flags)
  const client = await openClient(flags)
  if (flags.dryRun) {
    const { id, name, lastUsedAt } = await client.call(accessTokens, 'show', { path: { accessToken } })
    if (flags.json) return printJson({ id, deleted: false })
    return print(`Would delete ${id}${name ? ` ${name}` : ''}, last used: ${when(lastUsedAt, 'never')}.`)
  }
  await client.call(accessTokens, 'remove', { path: { accessToken } })
  if (flags.json) return printJson({ id: accessToken, deleted: true })
  print(`Deleted ${subject}. Requests that use it now fail.`)
}
