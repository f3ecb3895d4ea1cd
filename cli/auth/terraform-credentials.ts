/** Reads and writes the credentials of the Terraform CLI, with the same precedence as Terraform. */
import { join } from 'node:path'
import { readTextIfPresent } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'
import type { Environment } from './credentials.ts'
import { writePrivateJson } from './private-file.ts'

export interface TerraformTokens {
  /** `host` includes the port unless it is 443. */
  tokenFor(host: string): string | undefined
  /** The hosts in the file that `terraform login` writes. */
  readonly hosts: readonly string[]
}

type Tokens = ReadonlyMap<string, string>

/** Precedence: environment variables, the configuration file, the file that `terraform login` writes. */
export function readTerraformTokens(environment: Environment, home: string): TerraformTokens {
  const configPath = environment['TF_CLI_CONFIG_FILE'] || environment['TERRAFORM_CONFIG']
  const fromVariables = tokensInVariables(environment)
  const fromConfiguration = tokensInFile(configPath || join(home, '.terraformrc'))
  const fromLogin = tokensInFile(loginFile(home))
  return {
    tokenFor: (host) => fromVariables.get(host) ?? fromConfiguration.get(host) ?? fromLogin.get(host),
    hosts: [...fromLogin.keys()],
  }
}

/** `TF_TOKEN_app_terraform_io`: one underscore is a dot, two are a dash. */
function tokensInVariables(environment: Environment): Tokens {
  const prefix = 'TF_TOKEN_'
  return byHost(
    Object.entries(environment)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, token]) => [name.slice(prefix.length).replaceAll('__', '-').replaceAll('_', '.'), token]),
  )
}

function tokensInFile(path: string): Tokens {
  const text = readTextIfPresent(path)
  if (text === undefined) return new Map()
  return byHost(/^\s*\{/.test(text) ? pairsInJson(text, path) : pairsInHcl(text))
}

/** Stores a token as `terraform login` does and keeps those of other hosts. Returns the path of the file. */
export const storeTerraformToken = (home: string, host: string, token: string): string =>
  changeCredentials(home, (credentials) => ({ ...credentials, [host]: { token } }))

export function removeTerraformToken(home: string, host: string): void {
  const others = (credentials: Credentials) =>
    Object.fromEntries(Object.entries(credentials).filter(([name]) => hostOf(name) !== host))
  if (readTextIfPresent(loginFile(home)) !== undefined) changeCredentials(home, others)
}

type Credentials = Readonly<Record<string, unknown>>

function changeCredentials(home: string, change: (credentials: Credentials) => Credentials): string {
  const path = loginFile(home)
  const text = readTextIfPresent(path)
  if (text !== undefined) pairsInJson(text, path)
  const existing = (text === undefined ? {} : JSON.parse(text)) as { credentials?: Credentials }
  writePrivateJson(path, { ...existing, credentials: change(existing.credentials ?? {}) })
  return path
}

const loginFile = (home: string) => join(home, '.terraform.d', 'credentials.tfrc.json')

type Pair = readonly [string, unknown]

function pairsInJson(text: string, path: string): Pair[] {
  try {
    const { credentials } = JSON.parse(text) as { credentials?: Record<string, { token?: unknown } | null> }
    return Object.entries(credentials ?? {}).map(([host, entry]) => [host, entry?.token])
  } catch {
    throw new WrongUsage(`${path} is not valid JSON`)
  }
}

const hclString = String.raw`"((?:[^"\\]|\\.)*)"`

/** Reads the blocks `credentials "host" { token = "…" }` and ignores everything else. */
function pairsInHcl(text: string): Pair[] {
  const comments = new RegExp(String.raw`${hclString}|#.*|//.*|/\*[\s\S]*?\*/`, 'g')
  const code = text.replace(comments, (match) => (match.startsWith('"') ? match : ' '))
  const block = new RegExp(String.raw`\bcredentials\s+${hclString}\s*\{\s*token\s*=\s*${hclString}\s*\}`, 'g')
  return [...code.matchAll(block)].map(([, host, token]) => [host as string, token])
}

function byHost(pairs: readonly Pair[]): Tokens {
  const tokens = new Map<string, string>()
  for (const [name, token] of pairs) {
    const host = hostOf(name)
    if (host && typeof token === 'string' && token !== '') tokens.set(host, token)
  }
  return tokens
}

/** Without the port if it is 443. */
const hostOf = (name: string) => URL.parse(`https://${name}`)?.host
