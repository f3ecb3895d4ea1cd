import { serviceAccounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson, table, when } from '../output/print.ts'
import { serviceAccountJson } from './service-account-text.ts'

export function addServiceAccountList(parent: Command): void {
  clientCommand(parent, 'list', 'List service accounts.').action(list)
}

async function list(flags: ClientFlags): Promise<void> {
  const listed = await (await openClient(flags)).all(serviceAccounts, 'list', { sort: ['name'] })
  if (flags.json) return printJson(listed.map(serviceAccountJson))
  print(
    table(
      ['ID', 'NAME', 'EMAIL', 'STATUS', 'CREATED'],
      listed.map(({ id, name, email, status, createdAt }) => [id, name, email, status, when(createdAt, '-')]),
      'No service accounts.',
    ),
  )
}
