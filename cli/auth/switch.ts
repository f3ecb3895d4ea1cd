import type { Command } from 'commander'
import { print, printJson } from '../output/print.ts'
import { homeFolder } from './home-folder.ts'
import { readProfiles, switchProfile } from './profiles.ts'

export function addSwitch(parent: Command): void {
  parent
    .command('switch')
    .description('Choose the profile that commands use by default.')
    .argument('<profile>', 'name of the profile, or host name of the server')
    .option('--json', 'print JSON')
    .action(switchTo)
}

function switchTo(name: string, { json }: { readonly json?: boolean }): void {
  const profile = readProfiles(process.env, homeFolder()).named(name)
  switchProfile(process.env, homeFolder(), profile)
  if (json) printJson({ profile: name, host: profile.address })
  else print(`The current profile is ${name} (${profile.address}).`)
}
