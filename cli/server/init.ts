import { limits } from '@mintmark/contract'
import type { Command } from 'commander'
import { expiresInOf, type Lifetime, lifetime } from '../arguments/minutes.ts'
import { print, printJson, when } from '../output/print.ts'
import { labelled } from '../output/table.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from './store-command.ts'

interface InitFlags extends StoreFlags {
  readonly accountName?: string
  readonly accountId?: string
  readonly email?: string
  readonly from?: string
  readonly expiresIn?: Lifetime
  readonly json?: boolean
}

export function addInit(parent: Command): void {
  storeCommand(
    parent,
    'init',
    'Initialize an empty database and print the first token, without starting the server. On a terminal and without options, asks for the most important ones.',
  )
    .option('--account-name <name>', 'name of the account (default: main)')
    .option('--account-id <id>', 'ID of the account, such as acc-v0o1234567890abcd')
    .option('--email <address>', 'email address of the owner; with --from, the address of an imported user')
    .option('--from <file>', 'import a JSON:API document in one transaction and keep its IDs')
    .option(
      '--expires-in <duration>',
      'lifetime of the first token, such as 12h or 30d, or never (default: 7d)',
      lifetime(limits.tokenLifetimeMinutesMax),
    )
    .option('--json', 'print JSON')
    .action(init)
}

async function init(flags: InitFlags): Promise<void> {
  const isAsking = Object.keys(flags).length === 0 && process.stdin.isTTY && process.stdout.isTTY
  const answers = isAsking ? await (await import('./ask-init.ts')).askInit() : {}
  const { data, database, json, expiresIn, ...input }: InitFlags = { ...flags, ...answers }
  const authority = await openAuthority()
  const settings = settingsFrom(authority, { data, database })
  const { account, user, email, token, expiresAt } = await authority.prepare(settings, {
    ...input,
    ...(expiresIn === undefined ? {} : { expiresIn: expiresInOf(expiresIn) }),
  })
  if (json) return printJson({ account, user, token: token.open(), 'expires-at': expiresAt })
  print(
    labelled([
      ['Account', account],
      ['Owner', `${email} (${user})`],
      ['Token', token.open()],
      ['', "Save it now; it won't be shown again."],
      ['Expires', when(expiresAt, 'never')],
    ]),
  )
  print(
    '\nNext steps:\n  mintmark serve\n  export MINTMARK_URL=http://127.0.0.1:8420 MINTMARK_TOKEN=<token>\n  mintmark whoami',
  )
}
