import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson, table, when } from '../output/print.ts'
import { toJson } from '../output/to-json.ts'

interface Flags extends ClientFlags {
  readonly serviceAccount?: string
}

export function addTokenList(parent: Command): void {
  clientCommand(parent, 'list', 'List your tokens or those of a service account.')
    .option('--service-account <name or ID>', 'list the tokens of this service account')
    .action(list)
}

async function list({ serviceAccount, ...flags }: Flags): Promise<void> {
  const client = await openClient(flags)
  const tokens =
    serviceAccount === undefined
      ? await client.all(accessTokens, 'list')
      : await client.all(accessTokens, 'listOfServiceAccount', {
          path: { serviceAccount: await findServiceAccountId(client, serviceAccount) },
        })
  if (flags.json) return printJson(tokens.map((token) => toJson(accessTokens, token)))
  print(
    table(
      ['ID', 'NAME', 'LAST CHARACTERS', 'CREATED', 'EXPIRES', 'LAST USED'],
      tokens.map(({ id, name, lastCharacters, createdAt, expiresAt, lastUsedAt }) => [
        id,
        name,
        lastCharacters,
        when(createdAt, '-'),
        when(expiresAt, 'never'),
        when(lastUsedAt, 'never'),
      ]),
      'No tokens.',
    ),
  )
}
