import { homedir } from 'node:os'
import type { Command } from 'commander'
import { print, printJson } from '../output/print.ts'
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
  const profile = readProfiles(process.env, homedir()).named(name)
  switchProfile(process.env, homedir(), profile)
  if (json) printJson({ profile: name, host: profile.address })
  else print(`The current profile is ${name} (${profile.address}).`)
}
