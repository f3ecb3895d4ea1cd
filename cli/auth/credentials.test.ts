import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { type Environment, findCredentials } from './credentials.ts'

interface Kept {
  /** ~/.terraformrc */
  readonly configuration?: string
  /** The hosts and tokens of ~/.terraform.d/credentials.tfrc.json */
  readonly login?: Readonly<Record<string, string>>
  /** ~/.config/mintmark/profiles.json */
  readonly profiles?: object
}

function homeWith(t: TestContext, { configuration, login, profiles }: Kept): string {
  const home = temporaryFolder(t)
  if (profiles !== undefined) {
    mkdirSync(join(home, '.config', 'mintmark'), { recursive: true })
    writeFileSync(join(home, '.config', 'mintmark', 'profiles.json'), JSON.stringify(profiles))
  }
  if (configuration !== undefined) writeFileSync(join(home, '.terraformrc'), configuration)
  if (login === undefined) return home
  const credentials = Object.fromEntries(Object.entries(login).map(([host, token]) => [host, { token }]))
  mkdirSync(join(home, '.terraform.d'))
  writeFileSync(join(home, '.terraform.d', 'credentials.tfrc.json'), JSON.stringify({ credentials }))
  return home
}

const local = 'http://127.0.0.1:8420'

interface Case {
  readonly what: string
  readonly host?: string
  readonly profile?: string
  readonly environment?: Environment
  readonly kept?: Kept
  /** Address and token. */
  readonly found: readonly [string, string]
}

const cases: readonly Case[] = [
  {
    what: 'the option takes precedence over every variable',
    host: 'a.test',
    environment: { MINTMARK_HOST: 'b.test', SCALR_HOSTNAME: 'c.test', MINTMARK_TOKEN: 'm', SCALR_TOKEN: 's' },
    found: ['https://a.test', 'm'],
  },
  {
    what: "Mintmark's variables take precedence over Scalr's",
    environment: { MINTMARK_HOST: 'http://b.test:1', SCALR_HOSTNAME: 'c.test', MINTMARK_TOKEN: 'm', SCALR_TOKEN: 's' },
    found: ['http://b.test:1', 'm'],
  },
  {
    what: "Scalr's variables are used if Mintmark's are not set",
    environment: { SCALR_HOSTNAME: 'c.test:8443', SCALR_TOKEN: 's' },
    found: ['https://c.test:8443', 's'],
  },
  {
    what: 'the host defaults to this machine, and empty variables are ignored',
    environment: { MINTMARK_HOST: '', SCALR_HOSTNAME: '', MINTMARK_TOKEN: 'm', TF_CLI_CONFIG_FILE: '' },
    found: [local, 'm'],
  },
  {
    what: "a variable takes precedence over Terraform's files",
    environment: { MINTMARK_HOST: 'a.test', SCALR_TOKEN: 's' },
    kept: { login: { 'a.test': 'l' } },
    found: ['https://a.test', 's'],
  },
  {
    what: 'the token of SCALR_HOSTNAME is not sent to another host',
    environment: { MINTMARK_HOST: 'a.test', SCALR_HOSTNAME: 'c.test', SCALR_TOKEN: 's' },
    kept: { login: { 'a.test': 'l' } },
    found: ['https://a.test', 'l'],
  },
  {
    what: "MINTMARK_TOKEN is not sent to the only host in Terraform's credentials",
    environment: { MINTMARK_TOKEN: 'm' },
    kept: { login: { 'a.test': 'l' } },
    found: [local, 'm'],
  },
  {
    what: "the only host in Terraform's credentials is the default host",
    kept: { login: { 'a.test:8443': 'l' } },
    found: ['https://a.test:8443', 'l'],
  },
  {
    what: 'the configuration file takes precedence over the credentials file, and a variable over both',
    environment: { MINTMARK_HOST: 'a.test' },
    kept: { configuration: 'credentials "a.test" { token = "c" }', login: { 'a.test': 'l' } },
    found: ['https://a.test', 'c'],
  },
  {
    what: 'a TF_TOKEN_ variable spells dots and dashes with underscores',
    environment: { MINTMARK_HOST: 'my-host.a.test', TF_TOKEN_my__host_a_test: 'v', TF_TOKEN_b_test: 'w' },
    kept: { configuration: 'credentials "my-host.a.test" { token = "c" }' },
    found: ['https://my-host.a.test', 'v'],
  },
  {
    what: 'hosts are compared without case and default port',
    host: 'A.test:443',
    kept: { login: { 'a.TEST': 'l', 'b.test': 'x' } },
    found: ['https://a.test', 'l'],
  },
  {
    what: 'comments and other blocks of a configuration file are ignored',
    host: 'a.test',
    kept: {
      configuration: `
        # credentials "a.test" { token = "hash" }
        // credentials "a.test" { token = "slashes" }
        /* credentials "a.test" { token = "stars" } */
        plugin_cache_dir = "https://b.test/#//" # "
        credentials "b.test" { token = "b" }
        credentials "a.test" {
          # the one
          token = "c"
        }`,
    },
    found: ['https://a.test', 'c'],
  },
  {
    what: 'a configuration file may be JSON',
    host: 'a.test',
    kept: { configuration: '{"credentials":{"a.test":{"token":"c"},"b.test":null}}' },
    found: ['https://a.test', 'c'],
  },
  {
    what: 'MINTMARK_URL takes precedence over MINTMARK_HOST, which servers use for the address to listen on',
    environment: { MINTMARK_URL: 'https://a.test', MINTMARK_HOST: '0.0.0.0', MINTMARK_TOKEN: 'm' },
    found: ['https://a.test', 'm'],
  },
  {
    what: 'the current profile is the default, with its own token or that of Terraform',
    kept: {
      profiles: { current: 'prod', profiles: { prod: { address: 'http://a.test:1' } } },
      login: { 'a.test:1': 'l', 'b.test': 'x' },
    },
    found: ['http://a.test:1', 'l'],
  },
  {
    what: 'two profiles of one server have different tokens',
    profile: 'robot',
    environment: { MINTMARK_HOST: 'b.test', MINTMARK_TOKEN: 'm' },
    kept: {
      profiles: { current: 'a.test', profiles: { robot: { address: 'https://a.test', token: 'r' } } },
      login: { 'a.test': 'l' },
    },
    found: ['https://a.test', 'r'],
  },
  {
    what: 'a host in the credentials of Terraform is a profile too',
    environment: { MINTMARK_PROFILE: 'b.test' },
    kept: { login: { 'a.test': 'l', 'b.test': 'm' } },
    found: ['https://b.test', 'm'],
  },
  {
    what: 'a variable with a token takes precedence over the current profile, and is not sent to its server',
    environment: { MINTMARK_TOKEN: 'm' },
    kept: { profiles: { current: 'prod', profiles: { prod: { address: 'https://a.test', token: 'p' } } } },
    found: [local, 'm'],
  },
  {
    what: 'a server that is named gets the token of its profile, and never that of another',
    host: 'b.test',
    kept: {
      profiles: {
        current: 'a',
        profiles: { a: { address: 'https://a.test', token: 'x' }, b: { address: 'https://b.test', token: 'y' } },
      },
    },
    found: ['https://b.test', 'y'],
  },
]

test('host and token are found in a fixed order of precedence', async (t) => {
  for (const { what, host, profile, environment = {}, kept = {}, found } of cases) {
    await t.test(what, (each) => {
      const { address, token } = findCredentials({ host, profile, environment, home: homeWith(each, kept) })
      assert.deepEqual([address, token.open()], found)
    })
  }
})

test('TF_CLI_CONFIG_FILE, and before it TERRAFORM_CONFIG, names another configuration file', (t) => {
  const home = homeWith(t, { configuration: 'credentials "a.test" { token = "home" }' })
  const file = join(home, 'other.tfrc')
  writeFileSync(file, 'credentials "a.test" { token = "other" }')
  for (const name of ['TF_CLI_CONFIG_FILE', 'TERRAFORM_CONFIG']) {
    const { token } = findCredentials({ host: 'a.test', environment: { [name]: file }, home })
    assert.equal(token.open(), 'other')
  }
})

const refused: readonly { what: string; host?: string; environment?: Environment; kept?: Kept; says: RegExp }[] = [
  {
    what: 'no token at all',
    says: /^no token for http:\/\/127\.0\.0\.1:8420: run mintmark auth login or set MINTMARK_TOKEN$/,
  },
  { what: 'several hosts to choose from', kept: { login: { 'a.test': 'l', 'b.test': 'm' } }, says: /no token for/ },
  {
    what: 'no token for that host',
    host: 'c.test',
    kept: { login: { 'a.test': 'l' } },
    says: /no token for https:\/\/c/,
  },
  { what: 'a path in the host', host: 'a.test/api', environment: { MINTMARK_TOKEN: 'm' }, says: /^--host: expected/ },
  {
    what: 'a space in the host',
    environment: { MINTMARK_HOST: 'a b', MINTMARK_TOKEN: 'm' },
    says: /^MINTMARK_HOST: exp/,
  },
  {
    what: 'a password in the host',
    environment: { SCALR_HOSTNAME: 'https://u:p@a.test' },
    says: /^SCALR_HOSTNAME: exp/,
  },
  {
    what: 'a token twice',
    environment: { MINTMARK_TOKEN: 'm', MINTMARK_TOKEN_FILE: '/nowhere' },
    says: /^MINTMARK_TOKEN and MINTMARK_TOKEN_FILE: set only one of them$/,
  },
  {
    what: 'a token in a missing file',
    environment: { MINTMARK_TOKEN_FILE: '/nowhere' },
    says: /^MINTMARK_TOKEN_FILE: \/nowhere cannot be read \(ENOENT\)$/,
  },
  {
    what: 'an unknown profile',
    environment: { MINTMARK_PROFILE: 'c' },
    kept: { login: { 'a.test': 'l' } },
    says: /^no profile is named c; expected one of a\.test$/,
  },
  {
    what: 'a profile and a host',
    host: 'a.test',
    environment: { MINTMARK_PROFILE: 'a.test' },
    says: /^MINTMARK_PROFILE and --host: set only one of them$/,
  },
  {
    what: 'a profile and a token',
    environment: { MINTMARK_PROFILE: 'a.test', MINTMARK_TOKEN: 'm' },
    says: /^MINTMARK_PROFILE and MINTMARK_TOKEN: set only one of them$/,
  },
  {
    what: 'a damaged file of profiles',
    kept: { profiles: { profiles: { a: { address: 'nowhere' } } } },
    says: /profiles\.json is not a valid file of profiles$/,
  },
  {
    what: 'a damaged file',
    host: 'a.test',
    kept: { configuration: '{"credentials":' },
    says: /terraformrc is not valid/,
  },
]

test('an invalid setting is reported in one line that names its source', async (t) => {
  for (const { what, host, environment = {}, kept = {}, says } of refused) {
    await t.test(what, (each) => {
      const home = homeWith(each, kept)
      assert.throws(() => findCredentials({ host, environment, home }), { name: 'WrongUsage', message: says })
    })
  }
})

test('printing credentials does not reveal the token', (t) => {
  const found = findCredentials({ host: undefined, environment: { MINTMARK_TOKEN: 'eyJh' }, home: temporaryFolder(t) })
  assert.doesNotMatch(inspect(found) + JSON.stringify(found), /eyJh/)
})
