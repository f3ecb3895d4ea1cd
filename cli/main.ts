/**
 * cli: the `mintmark` command. It initializes and serves an authority, and is a client for terminals and scripts. It
 * never accepts a token as an argument, where other users of the machine could read it, and never prints a token
 * except one that the same command created.
 */
import { run } from './run.ts'

if (process.argv.includes('--no-color')) {
  process.env['NO_COLOR'] = '1'
  delete process.env['FORCE_COLOR']
}

// A reader such as `head` may close the pipe early. This is not a failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

await run()
