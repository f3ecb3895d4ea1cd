import { mintMark, type RuleFormat, ruleFile, ruleFormats } from '@mintmark/token'
import { InvalidArgumentError } from 'commander'
import { type ClientFlags, openServer } from '../client-command.ts'
import { WrongUsage } from '../report-error.ts'

const usualMark = 'scalr:'

/** For commander: one of the formats of rule files. */
export function ruleFormat(text: string): RuleFormat {
  const format = ruleFormats.find((each) => each === text)
  if (!format) throw new InvalidArgumentError(`Expected one of ${ruleFormats.join(', ')}.`)
  return format
}

/** The rules that teach another scanner this installation's tokens. Nothing is asked of the server but its address. */
export function rulesFor(format: RuleFormat, mark: string | undefined, flags: ClientFlags): string {
  try {
    return ruleFile(format, mintMark(mark ?? usualMark), openServer(flags).address).text
  } catch (error) {
    if (error instanceof TypeError) throw new WrongUsage(error.message)
    throw error
  }
}
