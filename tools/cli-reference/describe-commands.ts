/** The commands of the CLI as data, for the reference and the man page. */
import type { EventEmitter } from 'node:events'
import { createProgram } from '../../cli/program.ts'

type Command = Awaited<ReturnType<typeof createProgram>>

export interface DescribedOption {
  readonly flags: string
  readonly about: string
}

export interface DescribedCommand {
  /** `token mint`. */
  readonly path: string
  readonly usage: string
  readonly about: string
  readonly options: readonly DescribedOption[]
  /** Text after the options, such as examples. */
  readonly after: string
  readonly commands: readonly DescribedCommand[]
}

/** Options of all commands that call a server, which are described once. */
export const sharedFlags = [
  '--host <host>',
  '--profile <name>',
  '--insecure-http',
  '--json',
  '-h, --help',
  '--no-color',
]

export async function describeProgram(): Promise<DescribedCommand> {
  return describe(await createProgram(), '')
}

function describe(command: Command, parent: string): DescribedCommand {
  const path = [parent, parent === '' && !command.parent ? '' : command.name()].filter(Boolean).join(' ')
  const help = command.createHelp()
  const inner = help.visibleCommands(command).filter((each) => each.name() !== 'help')
  return {
    path,
    usage: ['mintmark', path, command.usage()].filter(Boolean).join(' '),
    about: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      flags: option.flags,
      about: help.optionDescription(option),
    })),
    after: textAfter(command),
    commands: inner.map((each) => describe(each, path)),
  }
}

/** Commander only prints the text of `addHelpText`, for the event of this name. */
function textAfter(command: Command): string {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  // Command extends EventEmitter, which its types leave out.
  const emitter = command as unknown as EventEmitter
  emitter.emit('afterHelp', { error: false, command, write })
  return text.trim()
}
