import type { Client, Found, Refused } from '@mintmark/client'
import { accessTokens, limits } from '@mintmark/contract'
import { type Command, Option } from 'commander'
import { collect, findServiceAccountId } from '../arguments/find-by-name.ts'
import { duration, expiresInOf, type Lifetime, lifetime } from '../arguments/minutes.ts'
import { clientCommand, openClient } from '../client-command.ts'
import { notice, when } from '../output/print.ts'
import { now } from '../world.ts'
import { type MintFlags, showMinted } from './show-minted.ts'

interface Flags extends MintFlags {
  readonly serviceAccount?: string
  readonly name?: string
  readonly description?: string
  readonly expiresIn?: Lifetime
  readonly permission?: string[]
  readonly scope?: string[]
}

/** 30 days. */
const defaultLifetime = 43_200

export function addTokenMint(parent: Command): void {
  clientCommand(parent, 'mint', 'Create a token for yourself or a service account and print it once.')
    .alias('create')
    .option('--service-account <name or ID>', 'owner of the token (default: you)')
    .option('--name <name>', 'name of the token')
    .option('--description <text>', 'description of the token')
    .option(
      '--expires-in <duration>',
      'lifetime, such as 90m, 12h or 30d, or never (default: 30d, but not longer than the calling token)',
      lifetime(limits.tokenLifetimeMinutesMax),
    )
    .option('--permission <permission>', 'limit the token to this permission (repeatable)', collect)
    .option('--scope <id>', 'limit the token to this account, environment or workspace (repeatable)', collect)
    .addOption(new Option('--quiet', 'print only the token').conflicts('json'))
    .action(mint)
}

async function mint(flags: Flags): Promise<void> {
  const client = await openClient(flags)
  const { serviceAccount, name, description, permission: permissions, scope: scopes } = flags
  const owner = serviceAccount === undefined ? undefined : await findServiceAccountId(client, serviceAccount)
  const create = (expiresIn: number | null) => {
    const input = { name, description, expiresIn, permissions, scopes }
    return owner === undefined
      ? client.call(accessTokens, 'create', { input })
      : client.call(accessTokens, 'createForServiceAccount', { path: { serviceAccount: owner }, input })
  }
  const minted =
    flags.expiresIn === undefined ? await createWithDefault(client, create) : await create(expiresInOf(flags.expiresIn))
  if (minted.expiresAt === null)
    notice('This token never expires. Tokens that expire limit the damage if a copy is forgotten or leaked.')
  showMinted(minted, flags)
}

/** A token cannot outlive the token that creates it. The default lifetime is shortened to that; a requested one is not. */
async function createWithDefault(
  client: Client,
  create: (expiresIn: number) => Promise<Found<typeof accessTokens>>,
): Promise<Found<typeof accessTokens>> {
  try {
    return await create(defaultLifetime)
  } catch (error) {
    if ((error as Refused).pointer !== '/data/attributes/expires-in') throw error
    const left = await minutesLeft(client)
    if (left === undefined || left < 1 || left >= defaultLifetime) throw error
    const minted = await create(left)
    notice(
      `This token expires ${when(minted.expiresAt, '')} instead of in ${duration(defaultLifetime)}, because the calling token expires then.`,
    )
    return minted
  }
}

/** How long the calling token is valid, less a minute for clocks that differ. Undefined if it does not expire. */
async function minutesLeft(client: Client): Promise<number | undefined> {
  const { expiresAt } = await client.call(accessTokens, 'show', { path: { accessToken: 'self' } })
  return expiresAt ? Math.floor((Date.parse(expiresAt) - now().getTime()) / 60_000) - 1 : undefined
}
