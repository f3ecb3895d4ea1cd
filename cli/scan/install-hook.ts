import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { print } from '../output/print.ts'
import { Failed } from '../report-error.ts'
import { visible } from './escape.ts'

const command = 'mintmark scan --staged'
const hook = `#!/bin/sh
# Rejects commits that contain a token. Created by \`mintmark scan --install-hook\`.
exec ${command}
`

/** Installs a pre-commit hook. An existing hook is not changed; the error says what to add to it. */
export function installHook(folder: string): void {
  const hooks = resolve(folder, hooksFolder(folder))
  const file = join(hooks, 'pre-commit')
  if (existsSync(file)) {
    if (!readFileSync(file, 'utf8').includes(command))
      throw new Failed(`${file} already exists and was not changed`, `Add this line to it: ${command} || exit 1`)
    print(`${visible(file)} already runs ${command}.`)
    return
  }
  mkdirSync(hooks, { recursive: true })
  writeFileSync(file, hook, { mode: 0o755, flag: 'wx' })
  print(`Installed ${visible(file)}. It rejects commits that contain a token.`)
}

function hooksFolder(folder: string): string {
  try {
    // git resolves `core.hooksPath` and worktrees.
    const args = ['-C', folder, 'rev-parse', '--git-path', 'hooks']
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new Failed(isMissing ? 'git is not installed' : `${folder} is not in a git repository`)
  }
}
