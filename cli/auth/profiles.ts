/**
 * Named servers with their tokens. The file of profiles names the current one. A profile without a name of its own is called
 * like its host and has its token in Terraform's credentials, so that Terraform can use it too.
 */
import { join } from 'node:path'
import { readTextIfPresent } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'
import type { Environment } from './credentials.ts'
import { writePrivateJson } from './private-file.ts'
import { readTerraformTokens, removeTerraformToken } from './terraform-credentials.ts'

export interface Profile {
  readonly name: string
  /** The origin of the server. */
  readonly address: string
  /** Undefined if the token was removed from Terraform's credentials. */
  readonly token: string | undefined
}

export interface Profiles {
  readonly all: readonly Profile[]
  readonly current: Profile | undefined
  /** The profile with this name. Throws `WrongUsage` if there is none. */
  named(name: string): Profile
}

interface Stored {
  readonly current?: string
  readonly profiles?: Readonly<Record<string, { readonly address: string; readonly token?: string }>>
}

const pathIn = ({ XDG_CONFIG_HOME }: Environment, home: string) =>
  join(XDG_CONFIG_HOME || join(home, '.config'), 'mintmark', 'profiles.json')

export function readProfiles(environment: Environment, home: string): Profiles {
  const { current, profiles = {} } = readStored(environment, home)
  const terraform = readTerraformTokens(environment, home)
  const own = Object.entries(profiles).map(([name, { address, token }]) => ({
    name,
    address,
    token: token ?? terraform.tokenFor(new URL(address).host),
  }))
  const others = terraform.hosts
    .filter((host) => !Object.hasOwn(profiles, host))
    .map((host) => ({ name: host, address: `https://${host}`, token: terraform.tokenFor(host) }))
  const all = [...own, ...others]
  const find = (name: string) => all.find((each) => each.name === name)
  return {
    all,
    current: current === undefined ? undefined : find(current),
    named: (name) => {
      const found = find(name)
      if (found) return found
      const known = all.length > 0 ? `; expected one of ${all.map((each) => each.name).join(', ')}` : ''
      throw new WrongUsage(`no profile is named ${name}${known}`)
    },
  }
}

/** Stores a profile and makes it the current one. Without a token, it is in Terraform's credentials. */
export function storeProfile(
  environment: Environment,
  home: string,
  { name, address, token }: { readonly name: string; readonly address: string; readonly token?: string },
): string {
  const { profiles = {} } = readStored(environment, home)
  const path = pathIn(environment, home)
  const profile = token === undefined ? { address } : { address, token }
  writePrivateJson(path, { current: name, profiles: { ...profiles, [name]: profile } })
  return path
}

/** `address` is stored too, for a profile that is only in Terraform's credentials. */
export function switchProfile(environment: Environment, home: string, { name, address }: Profile): void {
  const { profiles = {} } = readStored(environment, home)
  writePrivateJson(pathIn(environment, home), { current: name, profiles: { [name]: { address }, ...profiles } })
}

/** Removes the profile with its token. */
export function removeProfile(environment: Environment, home: string, { name, address }: Profile): void {
  const { current, profiles = {} } = readStored(environment, home)
  const { [name]: removed, ...others } = profiles
  if (removed?.token === undefined) removeTerraformToken(home, new URL(address).host)
  if (!removed) return
  writePrivateJson(pathIn(environment, home), { ...(current === name ? {} : { current }), profiles: others })
}

function readStored(environment: Environment, home: string): Stored {
  const path = pathIn(environment, home)
  const text = readTextIfPresent(path)
  if (text === undefined) return {}
  try {
    const { current, profiles = {} } = JSON.parse(text) as Stored
    for (const { address } of Object.values(profiles)) new URL(address)
    return { profiles, ...(typeof current === 'string' ? { current } : {}) }
  } catch {
    throw new WrongUsage(`${path} is not a valid file of profiles`)
  }
}
