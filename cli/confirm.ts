/** Confirmation of commands that cannot be undone: a question on a terminal, and the option --yes elsewhere. */
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { plain } from './output/print.ts'
import { Failed, WrongUsage } from './report-error.ts'

export interface ConfirmFlags {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

interface Terminal {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

const terminal: Terminal = { input: process.stdin, output: process.stderr }

export const withConfirmation = (command: Command): Command =>
  command
    .option('--yes', 'do not ask for confirmation; required if the command does not run in a terminal')
    .option('--dry-run', 'show what would be deleted without deleting it')

/**
 * Asks the question unless it is answered by --yes. Call it before the first request: without a terminal it throws
 * `WrongUsage`.
 */
export async function confirm(question: string, { yes, dryRun }: ConfirmFlags, { input, output } = terminal) {
  if (yes || dryRun) return
  if (!input.isTTY || !output.isTTY)
    throw new WrongUsage('this command cannot be undone: add --yes to confirm it, or run it in a terminal')
  const prompt = createInterface({ input, output })
  const ended = new Promise<string>((done) => void prompt.once('close', () => done('')))
  const answer = await Promise.race([prompt.question(`${plain(question)} [y/N] `), ended])
  prompt.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failed('cancelled, nothing was changed')
}
