import { serviceAccounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { findServiceAccountId } from '../named.ts'
import { print, printJson } from '../print.ts'

export function addServiceAccountDelete(parent: Command): void {
  clientCommand(parent, 'delete', 'Delete a service account, and with it its tokens and policies.')
    .argument('<id or name>')
    .action(remove)
}

async function remove(given: string, flags: ClientFlags): Promise<void> {
  const client = await openClient(flags)
  const id = await findServiceAccountId(client, given)
  await client.call(serviceAccounts, 'remove', { path: { serviceAccount: id } })
  if (flags.json) return printJson({ id, deleted: true })
  print(`Deleted ${id}. Its tokens are refused from now on.`)
}
