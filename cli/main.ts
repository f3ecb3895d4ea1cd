/**
 * cli: the `mintmark` command. It initializes and serves an authority, and is a client for terminals and scripts. It
 * never accepts a token as an argument, where other users of the machine could read it, and never prints a token
 * except one that the same command created.
 */
import { createProgram, createRoot } from './program.ts'
import { reportError } from './report-error.ts'

if (process.argv.includes('--no-color')) {
  process.env['NO_COLOR'] = '1'
  delete process.env['FORCE_COLOR']
}

// A reader such as `head` may close the pipe early. This is not a failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

try {
  const isCompleting = process.argv[2] === 'complete'
  const words = process.argv.slice(isCompleting ? 4 : 2)
  // While the name of the command is still being typed, all commands complete it.
  const called = isCompleting && words.length < 2 ? undefined : words.find((word) => !word.startsWith('-'))
  const isVersion = words[0] === '--version' || words[0] === '-V'
  const program = isVersion ? createRoot() : await createProgram(called, isCompleting)
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = reportError(error)
}
