import type { Command } from 'commander'
import { Failed } from '../complain.ts'
import { print, printJson, table } from '../print.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from '../store-command.ts'

interface VerifyFlags extends StoreFlags {
  readonly json?: boolean
}

export function addAuditVerify(parent: Command): void {
  storeCommand(parent, 'verify', 'Find rows of the audit log that were removed, altered or put in.')
    .option('--json', 'print JSON')
    .action(verify)
}

async function verify({ data, database, json }: VerifyFlags): Promise<void> {
  const authority = await openAuthority()
  const chains = await authority.verifyAudit(settingsFrom(authority, { data, database }))
  const broken = chains.find((chain) => chain.broken !== null)
  if (json) printJson({ holds: !broken, chains })
  else
    print(
      table(
        ['ACCOUNT', 'ROWS', 'VERDICT'],
        chains.map((chain) => [
          chain.accountId ?? '(none)',
          String(chain.length),
          chain.broken ? `broken at row ${chain.broken.position}: ${chain.broken.reason}` : 'holds',
        ]),
        'No row is sealed yet: that happens while the authority serves.',
      ),
    )
  if (broken?.broken) {
    const { position, reason } = broken.broken
    throw new Failed(
      `the audit log does not hold: account ${broken.accountId ?? '(none)'}, row ${position}: ${reason}`,
      'Keep this store as it is, and compare it with a copy from before.',
    )
  }
}
