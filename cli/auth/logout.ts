import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { openClient } from '../client-command.ts'
import { notice, print, printJson } from '../output/print.ts'
import { WrongUsage } from '../report-error.ts'
import { homeFolder } from './home-folder.ts'
import { readProfiles, removeProfile } from './profiles.ts'

interface Flags {
  readonly insecureHttp?: boolean
  readonly keepToken?: boolean
  readonly json?: boolean
}

export function addLogout(parent: Command): void {
  parent
    .command('logout')
    .description('Delete the token of a profile at its server, and remove the profile from this machine.')
    .argument('[profile]', 'name of the profile (default: the current one)')
    .option('--keep-token', 'do not delete the token at the server')
    .option('--insecure-http', 'allow sending the token to another machine over plain http')
    .option('--json', 'print JSON')
    .action(logout)
}

async function logout(given: string | undefined, { keepToken = false, json, ...flags }: Flags): Promise<void> {
  const profiles = readProfiles(process.env, homeFolder())
  const profile = given === undefined ? profiles.current : profiles.named(given)
  if (!profile) throw new WrongUsage('there is no current profile: name one, see mintmark auth status')
  const { name, address, token } = profile
  if (token !== undefined && !keepToken)
    try {
      const client = await openClient({ ...flags, profile: name })
      await client.call(accessTokens, 'remove', { path: { accessToken: 'self' } })
    } catch (error) {
      if (error instanceof WrongUsage) throw error
      notice(`The token was not deleted at ${address}: ${(error as Error).message}`)
    }
  removeProfile(process.env, homeFolder(), profile)
  if (json) printJson({ profile: name, host: address })
  else print(`Logged out of ${address} (profile ${name}).`)
}
