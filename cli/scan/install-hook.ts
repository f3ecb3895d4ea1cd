import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { print } from '../print.ts'
import { Failed } from '../report-error.ts'
import { visible } from './escape.ts'

const command = 'mintmark scan --staged'
const hook = `#!/bin/sh
# Refuses a commit that would take in a token. Written by \`mintmark scan --install-hook\`.
exec ${command}
`

/** A hook that is there already belongs to someone: it is told what to add, and left alone. */
export function installHook(folder: string): void {
  const hooks = resolve(folder, hooksFolder(folder))
  const file = join(hooks, 'pre-commit')
  if (existsSync(file)) {
    if (!readFileSync(file, 'utf8').includes(command))
      throw new Failed(`${file} is there already and was left as it is`, `Add this line to it: ${command} || exit 1`)
    print(`${visible(file)} calls ${command} already.`)
    return
  }
  mkdirSync(hooks, { recursive: true })
  writeFileSync(file, hook, { mode: 0o755, flag: 'wx' })
  print(`${visible(file)} now refuses commits that would take in a token.`)
}

function hooksFolder(folder: string): string {
  try {
    // It knows of `core.hooksPath` and of work trees.
    const args = ['-C', folder, 'rev-parse', '--git-path', 'hooks']
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new Failed(isMissing ? 'git was not found' : `${folder} is not in a git repository`)
  }
}
