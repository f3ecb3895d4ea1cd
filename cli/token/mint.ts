import { accessTokens, limits } from '@mintmark/contract'
import { type Command, Option } from 'commander'
import { clientCommand, openClient } from '../client-command.ts'
import { minutes } from '../minutes.ts'
import { collect, findServiceAccountId } from '../named.ts'
import { type MintFlags, showMinted } from './minted.ts'

interface Flags extends MintFlags {
  readonly serviceAccount?: string
  readonly name?: string
  readonly description?: string
  readonly expiresIn?: number
  readonly permission?: string[]
  readonly scope?: string[]
}

export function addTokenMint(parent: Command): void {
  clientCommand(parent, 'mint', 'Mint a token, for yourself or for a service account. It is shown once.')
    .option('--service-account <id or name>', 'whose token it is; yours unless told')
    .option('--name <name>', 'what to call it')
    .option('--description <text>', 'what it is for')
    .option(
      '--expires-in <life>',
      'minutes, or 90m, 12h, 30d; never unless told',
      minutes(1, limits.tokenLifetimeMinutesMax),
    )
    .option('--permission <permission>', 'narrow it to this permission; may be repeated', collect)
    .option('--scope <id>', 'narrow it to this account, environment or workspace; may be repeated', collect)
    .addOption(new Option('--quiet', 'print the token alone').conflicts('json'))
    .action(mint)
}

async function mint(flags: Flags): Promise<void> {
  const client = await openClient(flags)
  const { serviceAccount, name, description, expiresIn, permission: permissions, scope: scopes } = flags
  const wish = { name, description, expiresIn, permissions, scopes }
  const minted =
    serviceAccount === undefined
      ? await client.call(accessTokens, 'create', { wish })
      : await client.call(accessTokens, 'createForServiceAccount', {
          path: { serviceAccount: await findServiceAccountId(client, serviceAccount) },
          wish,
        })
  showMinted(minted, flags)
}
