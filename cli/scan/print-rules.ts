import { mintMark, type RuleFormat, ruleFile, ruleFormats } from '@mintmark/token'
import { InvalidArgumentError } from 'commander'
import { type ClientFlags, openServer } from '../client-command.ts'
import { WrongUsage } from '../report-error.ts'

const defaultMark = 'scalr:'

/** Parses the format of a rule file, for commander. */
export function ruleFormat(text: string): RuleFormat {
  const format = ruleFormats.find((each) => each === text)
  if (!format) throw new InvalidArgumentError(`Expected one of ${ruleFormats.join(', ')}.`)
  return format
}

/** The rules with which other scanners find this installation's tokens. Uses the server's address without calling it. */
export function rulesFor(format: RuleFormat, mark: string | undefined, flags: ClientFlags): string {
  try {
    return ruleFile(format, mintMark(mark ?? defaultMark), openServer(flags).address).text
  } catch (error) {
    if (error instanceof TypeError) throw new WrongUsage(error.message)
    throw error
  }
}
