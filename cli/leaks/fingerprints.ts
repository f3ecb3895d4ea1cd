import { writeFileSync } from 'node:fs'
import { readFingerprints } from '@mintmark/token'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson } from '../print.ts'
import { Failed } from '../report-error.ts'

interface Flags extends ClientFlags {
  readonly out?: string
}

export function addLeaksFingerprints(parent: Command): void {
  clientCommand(
    parent,
    'fingerprints',
    'Write the file by which mintmark scan --fingerprints knows the tokens of your accounts. It is no secret.',
  )
    .option('--out <file>', 'where to; standard output unless told')
    .action(fingerprints)
}

async function fingerprints({ out, ...flags }: Flags): Promise<void> {
  const client = await openClient(flags)
  const text = await client.fingerprints()
  const { issuer, made, count } = checked(text, client.address)
  if (out === undefined) return void process.stdout.write(text)
  try {
    writeFileSync(out, text)
  } catch (error) {
    throw new Failed(`${out} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
  if (flags.json) return printJson({ file: out, issuer, made, count })
  print(`${out} holds ${count} ${count === 1 ? 'fingerprint' : 'fingerprints'} of tokens of ${issuer}, as of ${made}.`)
}

/** One that broke off on the way would call tokens strange that are not. */
function checked(text: string, address: string) {
  try {
    return readFingerprints(Buffer.from(text))
  } catch {
    throw new Failed(`what ${address} answered is no whole fingerprint file`, 'Try again.')
  }
}
