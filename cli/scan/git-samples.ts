/** Creates git repositories for tests. It is not in `scanner/`, because it reads the environment. */
import { spawnSync } from 'node:child_process'

const path = process.env['PATH']
export const gitEnvironment = path === undefined ? {} : { PATH: path }

export const hasGit = spawnSync('git', ['--version']).status === 0

export function gitIn(folder: string, environment: { readonly PATH?: string } = gitEnvironment) {
  const env = {
    ...environment,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    ...who('AUTHOR'),
    ...who('COMMITTER'),
  }
  return (args: readonly string[], input: string | Buffer = ''): string => {
    const { status, stdout, stderr } = spawnSync('git', ['-c', 'gc.auto=0', ...args], { cwd: folder, env, input })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout.toString().trim()
  }
}

const who = (role: string) => ({
  [`GIT_${role}_NAME`]: 'a',
  [`GIT_${role}_EMAIL`]: 'a@example.com',
  [`GIT_${role}_DATE`]: '1900000000 +0000',
})
