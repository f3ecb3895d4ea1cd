import type { Command } from 'commander'
import { print, printJson } from '../output/print.ts'
import { table } from '../output/table.ts'
import { Failed } from '../report-error.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from '../server/store-command.ts'

type Chain = Awaited<ReturnType<Awaited<ReturnType<typeof openAuthority>>['verifyAudit']>>['chains'][number]

interface VerifyFlags extends StoreFlags {
  readonly json?: boolean
  readonly since?: string
}

export function addAuditVerify(parent: Command): void {
  storeCommand(parent, 'verify', 'Verify that no audit event was removed, altered or inserted.')
    .option('--since <head>', 'also check that the log still contains this head, which the server logged earlier')
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
        ['ACCOUNT', 'EVENTS', 'RESULT'],
        chains.map((chain) => [chain.accountId ?? '(none)', String(chain.length), describeChain(chain)]),
        'No audit events are sealed yet. The server seals events while it runs.',
      ) + (head ? `\nHead: ${head}` : ''),
    )
  if (broken?.broken) {
    const { position, reason } = broken.broken
    throw new Failed(
      `the audit log was altered: account ${broken.accountId ?? '(none)'}, event ${position}: ${reason}`,
      'Preserve this database unchanged and compare it with an earlier backup.',
    )
  }
}

function describeChain({ broken, legacy, purged }: Chain): string {
  if (broken) return `broken at event ${broken.position}: ${broken.reason}`
  const parts = [
    ...(purged > 0 ? [`events 1 to ${purged} were purged`] : []),
    ...(legacy > purged ? [`events ${purged + 1} to ${legacy} have legacy seals without a key`] : []),
  ]
  return parts.length > 0 ? `intact (${parts.join(', ')})` : 'intact'
}
