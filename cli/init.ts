import type { Command } from 'commander'
import { labelled, print, printJson } from './print.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from './store-command.ts'

interface InitFlags extends StoreFlags {
  readonly accountName?: string
  readonly accountId?: string
  readonly email?: string
  readonly from?: string
  readonly json?: boolean
}

export function addInit(parent: Command): void {
  storeCommand(parent, 'init', 'Prepare an empty store without serving it, and print its first token.')
    .option('--account-name <name>', 'what the account is called, main unless told')
    .option('--account-id <id>', 'its id, acc-…')
    .option('--email <address>', 'the owner; with --from, which loaded user that is')
    .option('--from <file>', 'load a JSON:API document; ids are kept, all or nothing')
    .option('--json', 'print JSON')
    .action(init)
}

async function init({ data, database, json, ...wish }: InitFlags): Promise<void> {
  const authority = await openAuthority()
  const { account, user, email, token } = await authority.prepare(settingsFrom(authority, { data, database }), wish)
  if (json) return printJson({ account, user, token: token.open() })
  print(
    labelled([
      ['Account', account],
      ['Owner', `${email} (${user})`],
      ['Token', token.open()],
      ['', 'Save it now: it is shown this once and kept nowhere.'],
    ]),
  )
  print(
    '\nNext:\n  mintmark serve\n  export MINTMARK_HOST=http://127.0.0.1:8420 MINTMARK_TOKEN=<the token>\n  mintmark whoami',
  )
}
