import { createProgram, createRoot } from './program.ts'
import { reportError } from './report-error.ts'

/** Runs the command of `process.argv`, and sets the exit code. */
export async function run(): Promise<void> {
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
}
