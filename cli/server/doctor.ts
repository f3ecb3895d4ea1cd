import type { Check, Settings } from '@mintmark/authority'
import type { Command } from 'commander'
import { addTrustedCertificates } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'
import { labelled } from '../output/table.ts'
import { Failed } from '../report-error.ts'
import { useProxy } from '../use-proxy.ts'
import { checkServer } from './check-server.ts'
import { openAuthority, type StoreFlags, storeCommand } from './store-command.ts'

interface DoctorFlags extends StoreFlags {
  readonly url?: string
  readonly json?: boolean
}

export function addDoctor(parent: Command): void {
  storeCommand(
    parent,
    'doctor',
    'Check the settings, files and disk of an installation, and its running server. Changes nothing.',
  )
    .option(
      '--url <url>',
      'URL of the server (default: MINTMARK_PUBLIC_URL, or the address that the server listens on)',
    )
    .option('--json', 'print JSON')
    .action(doctor)
}

async function doctor({ url, json, ...flags }: DoctorFlags): Promise<void> {
  const authority = await openAuthority()
  const settings = authority.readSettings(flags)
  const address = serverOf(url, settings, authority.WrongUsage)
  useProxy(process.env, address)
  addTrustedCertificates(address)
  const checks = [...authority.diagnose(settings), ...(await checkServer(address))]
  if (json) printJson(checks)
  else print(labelled(checks.map((check) => [check.name, `${marks[check.status]} ${check.detail}`])))
  const failed = checks.filter(({ status }) => status === 'failed')
  if (failed.length > 0) throw new Failed(`${failed.length} of ${checks.length} checks failed`)
}

const marks = { ok: 'ok:', warning: 'warning:', failed: 'failed:' } as const satisfies Record<Check['status'], string>

/** A server that listens on all addresses is reached through this machine's. */
function serverOf(
  url: string | undefined,
  { publicUrl, host, port, tls }: Settings,
  WrongUsage: new (message: string) => Error,
): string {
  const local = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  const address = URL.parse(url ?? publicUrl ?? `${tls ? 'https' : 'http'}://${local}:${port}`)
  if (!address || !/^https?:$/.test(address.protocol))
    throw new WrongUsage('--url: expected a URL such as https://mintmark.example.com')
  return address.origin
}
