import { serviceAccounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts'
import { print, printJson } from '../output/print.ts'

export function addServiceAccountDelete(parent: Command): void {
  withConfirmation(clientCommand(parent, 'delete', 'Delete a service account with its tokens and access policies.'))
    .argument('<name or ID>')
    .action(remove)
}

async function remove(nameOrId: string, flags: ClientFlags & ConfirmFlags): Promise<void> {
  await confirm(`Delete the service account ${nameOrId}? Requests with its tokens start failing immediately.`, flags)
  const client = await openClient(flags)
  const serviceAccount = await findServiceAccountId(client, nameOrId)
  if (flags.dryRun) {
    const { id, name } = await client.call(serviceAccounts, 'show', { path: { serviceAccount } })
    if (flags.json) return printJson({ id, deleted: false })
    return print(`Would delete ${id} ${name}.`)
  }
  await client.call(serviceAccounts, 'remove', { path: { serviceAccount } })
  if (flags.json) return printJson({ id: serviceAccount, deleted: true })
  print(`Deleted ${serviceAccount}. Requests with its tokens now fail.`)
}
