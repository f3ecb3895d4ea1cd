import { serviceAccounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'
import { serviceAccountJson, serviceAccountText } from './service-account-text.ts'

export function addServiceAccountShow(parent: Command): void {
  clientCommand(parent, 'show', 'Show a service account.').argument('<name or ID>').action(show)
}

async function show(nameOrId: string, flags: ClientFlags): Promise<void> {
  const client = await openClient(flags)
  const path = { serviceAccount: await findServiceAccountId(client, nameOrId) }
  const serviceAccount = await client.call(serviceAccounts, 'show', { path })
  if (flags.json) return printJson(serviceAccountJson(serviceAccount))
  print(serviceAccountText(serviceAccount, []))
}
