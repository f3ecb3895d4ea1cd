import { serviceAccounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'

export function addServiceAccountDelete(parent: Command): void {
  clientCommand(parent, 'delete', 'Delete a service account with its tokens and access policies.')
    .argument('<name or ID>')
    .action(remove)
}

async function remove(nameOrId: string, flags: ClientFlags): Promise<void> {
  const client = await openClient(flags)
  const id = await findServiceAccountId(client, nameOrId)
  await client.call(serviceAccounts, 'remove', { path: { serviceAccount: id } })
  if (flags.json) return printJson({ id, deleted: true })
  print(`Deleted ${id}. Requests with its tokens now fail.`)
}
