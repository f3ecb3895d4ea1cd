import type { Command } from 'commander'
import { print, printJson, table } from '../print.ts'
import { Failed } from '../report-error.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from '../store-command.ts'

type Chain = Awaited<ReturnType<Awaited<ReturnType<typeof openAuthority>>['verifyAudit']>>['chains'][number]

interface VerifyFlags extends StoreFlags {
  readonly json?: boolean
  readonly since?: string
}

export function addAuditVerify(parent: Command): void {
  storeCommand(parent, 'verify', 'Find rows of the audit log that were removed, altered or put in.')
    .option('--since <head>', 'check too that the log still contains this head, which the server logged earlier')
    .option('--json', 'print JSON')
    .action(verify)
}

async function verify({ data, database, json, since }: VerifyFlags): Promise<void> {
  const authority = await openAuthority()
  const { holds, head, chains } = await authority.verifyAudit(settingsFrom(authority, { data, database }), since)
  const broken = chains.find((chain) => chain.broken !== null)
  if (json) printJson({ holds, head, chains })
  else
    print(
      table(
        ['ACCOUNT', 'ROWS', 'VERDICT'],
        chains.map((chain) => [chain.accountId ?? '(none)', String(chain.length), verdictOn(chain)]),
        'No row is sealed yet. Rows are sealed while the server runs.',
      ) + (head ? `\nHead: ${head}` : ''),
    )
  if (broken?.broken) {
    const { position, reason } = broken.broken
    throw new Failed(
      `the audit log does not hold: account ${broken.accountId ?? '(none)'}, row ${position}: ${reason}`,
      'Keep this store as it is, and compare it with a copy from before.',
    )
  }
}

function verdictOn({ broken, legacy, purged }: Chain): string {
  if (broken) return `broken at row ${broken.position}: ${broken.reason}`
  const parts = [
    ...(purged > 0 ? [`rows 1 to ${purged} were purged`] : []),
    ...(legacy > purged ? [`rows ${purged + 1} to ${legacy} have seals without a key`] : []),
  ]
  return parts.length > 0 ? `holds (${parts.join(', ')})` : 'holds'
}
