import { readFileSync } from 'node:fs'
import { reportLeaks } from '@mintmark/client'
import { compactTokensIn } from '@mintmark/token'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openServer } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'
import { Failed, WrongUsage } from '../report-error.ts'

interface Flags extends ClientFlags {
  readonly repository?: string
  readonly path?: string
  readonly commit?: string
  readonly url?: string
}

export function addLeaksReport(parent: Command): void {
  clientCommand(parent, 'report', 'Revoke the tokens in a file, regardless of their owner. Requires no authentication.')
    .argument('<file>', 'file that contains the tokens, among other text; - for standard input')
    .option('--repository <name>', 'repository where the tokens were found')
    .option('--path <path>', 'path of the file where the tokens were found')
    .option('--commit <id>', 'commit where the tokens were found')
    .option('--url <url>', 'URL where the tokens were found')
    .action(report)
}

async function report(file: string, { repository, path, commit, url, ...flags }: Flags): Promise<void> {
  const tokens = compactTokensIn(textOf(file))
  if (tokens.length === 0) throw new Failed(`${file} contains no tokens`)
  const location = { repository, path, commit, url }
  const received = await reportLeaks(
    openServer(flags),
    tokens.map((token) => ({ token, location })),
  )
  if (flags.json) return printJson({ received })
  print(
    `Reported ${received} ${received === 1 ? 'token' : 'tokens'}. The server revokes the tokens that it issued and notifies their owners.`,
  )
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new WrongUsage(`${file} cannot be read (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}
