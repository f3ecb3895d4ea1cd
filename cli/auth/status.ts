import { Refused } from '@mintmark/client'
import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { openClient } from '../client-command.ts'
import { notice, print, printJson, when } from '../output/print.ts'
import { table } from '../output/table.ts'
import { Failed } from '../report-error.ts'
import { homeFolder } from './home-folder.ts'
import { type Profile, readProfiles } from './profiles.ts'

interface Flags {
  readonly insecureHttp?: boolean
  readonly json?: boolean
}

interface Status {
  readonly profile: string
  readonly host: string
  readonly current: boolean
  readonly valid: boolean
  /** The name and expiry of the token, or why it cannot be used. */
  readonly detail: string
}

export function addStatus(parent: Command): void {
  parent
    .command('status')
    .description('List the profiles, and check that their tokens are valid.')
    .option('--insecure-http', 'allow sending a token to another machine over plain http')
    .option('--json', 'print JSON')
    .action(status)
}

async function status({ json, ...flags }: Flags): Promise<void> {
  const { all, current } = readProfiles(process.env, homeFolder())
  const found = await Promise.all(all.map((profile) => check(profile, profile.name === current?.name, flags)))
  if (json) printJson(found)
  else
    print(
      table(
        ['', 'PROFILE', 'SERVER', 'TOKEN'],
        found.map(({ profile, host, current, detail }) => [current ? '*' : ' ', profile, host, detail]),
        'Not logged in. Run mintmark auth login.',
      ),
    )
  for (const name of ['MINTMARK_TOKEN', 'MINTMARK_TOKEN_FILE', 'SCALR_TOKEN'])
    if (process.env[name]) notice(`${name} is set and takes precedence over the current profile.`)
  const invalid = found.find(({ current, valid }) => current && !valid)
  if (invalid) throw new Failed(`the current profile ${invalid.profile} cannot be used`, 'Run mintmark auth login.')
}

async function check({ name, address, token }: Profile, current: boolean, flags: Flags): Promise<Status> {
  const report = (valid: boolean, detail: string) => ({ profile: name, host: address, current, valid, detail })
  if (token === undefined) return report(false, 'no token')
  try {
    const client = await openClient({ ...flags, profile: name })
    const {
      id,
      name: tokenName,
      expiresAt,
    } = await client.call(accessTokens, 'show', { path: { accessToken: 'self' } })
    return report(true, `${tokenName ?? id}, expires ${when(expiresAt, 'never')}`)
  } catch (error) {
    if (error instanceof Refused && error.status === 403) return report(true, 'valid')
    return report(false, (error as Error).message)
  }
}
