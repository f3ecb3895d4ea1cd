import { accessTokens, limits } from '@mintmark/contract'
import { type Command, Option } from 'commander'
import { collect, findServiceAccountId } from '../arguments/find-by-name.ts'
import { minutes } from '../arguments/minutes.ts'
import { clientCommand, openClient } from '../client-command.ts'
import { type MintFlags, showMinted } from './show-minted.ts'

interface Flags extends MintFlags {
  readonly serviceAccount?: string
  readonly name?: string
  readonly description?: string
  readonly expiresIn?: number
  readonly permission?: string[]
  readonly scope?: string[]
}

export function addTokenMint(parent: Command): void {
  clientCommand(parent, 'mint', 'Create a token for yourself or a service account and print it once.')
    .option('--service-account <name or ID>', 'owner of the token (default: you)')
    .option('--name <name>', 'name of the token')
    .option('--description <text>', 'description of the token')
    .option(
      '--expires-in <duration>',
      'lifetime, such as 90m, 12h or 30d; in minutes without a unit (default: no expiry)',
      minutes(1, limits.tokenLifetimeMinutesMax),
    )
    .option('--permission <permission>', 'limit the token to this permission (repeatable)', collect)
    .option('--scope <id>', 'limit the token to this account, environment or workspace (repeatable)', collect)
    .addOption(new Option('--quiet', 'print only the token').conflicts('json'))
    .action(mint)
}

async function mint(flags: Flags): Promise<void> {
  const client = await openClient(flags)
  const { serviceAccount, name, description, expiresIn, permission: permissions, scope: scopes } = flags
  const input = { name, description, expiresIn, permissions, scopes }
  const minted =
    serviceAccount === undefined
      ? await client.call(accessTokens, 'create', { input })
      : await client.call(accessTokens, 'createForServiceAccount', {
          path: { serviceAccount: await findServiceAccountId(client, serviceAccount) },
          input,
        })
  showMinted(minted, flags)
}
