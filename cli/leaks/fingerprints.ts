import { writeFileSync } from 'node:fs'
import { readFingerprints } from '@mintmark/token'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'
import { Failed } from '../report-error.ts'

interface Flags extends ClientFlags {
  readonly out?: string
}

export function addLeaksFingerprints(parent: Command): void {
  clientCommand(
    parent,
    'fingerprints',
    "Write a file with the fingerprints of your accounts' tokens, for mintmark scan --fingerprints. It contains no secrets.",
  )
    .option('--out <file>', 'output file (default: standard output)')
    .action(fingerprints)
}

async function fingerprints({ out, ...flags }: Flags): Promise<void> {
  const client = await openClient(flags)
  const text = await client.fingerprints()
  const { issuer, made, count } = parseFingerprints(text, client.address)
  if (out === undefined) return void process.stdout.write(text)
  try {
    writeFileSync(out, text)
  } catch (error) {
    throw new Failed(`--out: ${out} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
  if (flags.json) return printJson({ file: out, issuer, made, count })
  print(`Wrote ${count} token ${count === 1 ? 'fingerprint' : 'fingerprints'} of ${issuer} to ${out}, as of ${made}.`)
}

/** An incomplete file would make the scanner report genuine tokens as unknown. */
function parseFingerprints(text: string, address: string) {
  try {
    return readFingerprints(Buffer.from(text))
  } catch {
    throw new Failed(`${address} returned an incomplete or invalid fingerprint file`, 'Try again.')
  }
}
