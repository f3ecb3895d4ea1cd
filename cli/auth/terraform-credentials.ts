/** Reads and writes the credentials of the Terraform CLI, with the same precedence as Terraform. */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTextIfPresent } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'
import type { Environment } from './credentials.ts'

export interface TerraformTokens {
  /** `host` includes the port unless it is 443. */
  tokenFor(host: string): string | undefined
  /** The host, if the credentials file contains exactly one. */
  readonly onlyHost: string | undefined
}

type Tokens = ReadonlyMap<string, string>

/** Precedence: environment variables, the configuration file, the file that `terraform login` writes. */
export function readTerraformTokens(environment: Environment, home: string): TerraformTokens {
  const configPath = environment['TF_CLI_CONFIG_FILE'] || environment['TERRAFORM_CONFIG']
  const fromVariables = tokensInVariables(environment)
  const fromConfiguration = tokensInFile(configPath || join(home, '.terraformrc'))
  const fromLogin = tokensInFile(join(home, '.terraform.d', 'credentials.tfrc.json'))
  const [onlyHost, ...others] = fromLogin.keys()
  return {
    tokenFor: (host) => fromVariables.get(host) ?? fromConfiguration.get(host) ?? fromLogin.get(host),
    onlyHost: others.length === 0 ? onlyHost : undefined,
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
export function storeTerraformToken(home: string, host: string, token: string): string {
  const folder = join(home, '.terraform.d')
  const path = join(folder, 'credentials.tfrc.json')
  const text = readTextIfPresent(path)
  if (text !== undefined) pairsInJson(text, path)
  const existing = (text === undefined ? {} : JSON.parse(text)) as { credentials?: Record<string, unknown> }
  const credentials = { ...existing.credentials, [host]: { token } }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Write and rename: a full disk must not cost the tokens of other hosts.
  const temporaryPath = `${path}.${process.pid}`
  writeFileSync(temporaryPath, `${JSON.stringify({ ...existing, credentials }, null, 2)}\n`, { mode: 0o600 })
  chmodSync(temporaryPath, 0o600)
  renameSync(temporaryPath, path)
  return path
}

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
    const host = URL.parse(`https://${name}`)?.host
    if (host && typeof token === 'string' && token !== '') tokens.set(host, token)
  }
  return tokens
}
