import { readFileSync } from 'node:fs'
import { reportLeaks } from '@mintmark/client'
import { compactTokensIn } from '@mintmark/token'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openServer } from '../client-command.ts'
import { print, printJson } from '../print.ts'
import { Failed, WrongUsage } from '../report-error.ts'

interface Flags extends ClientFlags {
  readonly repository?: string
  readonly path?: string
  readonly commit?: string
  readonly url?: string
}

export function addLeaksReport(parent: Command): void {
  clientCommand(
    parent,
    'report',
    'End the tokens that stand in a file, whoever they belong to. Needs no token of your own.',
  )
    .argument('<file>', 'what holds them, with anything around; - for standard input')
    .option('--repository <name>', 'where they were found')
    .option('--path <path>', 'in which file')
    .option('--commit <id>', 'in which commit')
    .option('--url <address>', 'at which address')
    .action(report)
}

async function report(file: string, { repository, path, commit, url, ...flags }: Flags): Promise<void> {
  const tokens = compactTokensIn(textOf(file))
  if (tokens.length === 0) throw new Failed(`nothing in ${file} looks like a token`)
  const location = { repository, path, commit, url }
  const received = await reportLeaks(
    openServer(flags),
    tokens.map((token) => ({ token, location })),
  )
  if (flags.json) return printJson({ received })
  print(
    `${received} ${received === 1 ? 'string was' : 'strings were'} received. Tokens of that server among them have ended, and their owners are told.`,
  )
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new WrongUsage(`${file} cannot be read (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}
