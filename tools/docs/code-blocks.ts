/** Checks the syntax of code blocks, by language. */
import { spawnSync } from 'node:child_process'
import { parseSync } from 'oxc-parser'
import { parseAllDocuments } from 'yaml'
import type { Block } from './markdown-page.ts'

type Check = (text: string) => string | undefined

/** Returns a description of the error, or undefined if the block is valid. */
export function faultInBlock({ language, text }: Block): string | undefined {
  const check = Object.hasOwn(checks, language) ? checks[language] : undefined
  const fault = check ? check(text) : `expected one of the languages ${Object.keys(checks).join(', ')}`
  return fault === undefined ? undefined : `${language}: ${fault}\n${text}`
}

/** Returns the shell scripts in a block, also those inside a pipeline definition. */
export function scriptsIn({ language, text }: Block): string[] {
  if (language === 'sh') return [text]
  return language === 'yaml' ? parseAllDocuments(text).flatMap((document) => scriptsInYaml(document.toJS())) : []
}

const checks: Readonly<Record<string, Check>> = {
  sh: checkShell,
  json: checkJson,
  yaml: (text) => {
    const documents = parseAllDocuments(text)
    const [error] = documents.flatMap(({ errors }) => errors)
    if (error) return error.message
    return documents
      .flatMap((document) => scriptsInYaml(document.toJS()))
      .map(checkShell)
      .find(Boolean)
  },
  js: (text) => parseSync('block.js', text).errors[0]?.message,
  ts: (text) => parseSync('block.ts', text).errors[0]?.message,
  ini: (text) => text.split('\n').find((line) => !/^(?:\s*|[#;].*|\[[^\]]+\]|[A-Za-z][\w-]*\s*=.*)$/.test(line)),
  hcl: checkBraces,
  nginx: checkBraces,
  caddy: checkBraces,
  groovy: checkBraces,
  // No parser is installed for these.
  ...Object.fromEntries(['dockerfile', 'http', 'mermaid', 'text'].map((language) => [language, () => undefined])),
}

function checkJson(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function checkShell(text: string): string | undefined {
  // GitHub replaces its expressions before the shell sees them.
  const { status, stderr } = spawnSync('sh', ['-n'], {
    input: text.replaceAll(/\$\{\{.*?\}\}/g, 'x'),
    encoding: 'utf8',
  })
  return status === 0 ? undefined : stderr
}

function checkBraces(text: string): string | undefined {
  const count = (brace: string) => text.split(brace).length
  return count('{') === count('}') ? undefined : 'braces are not balanced'
}

const scriptKeys = ['run', 'script', 'before_script', 'after_script']

function scriptsInYaml(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => {
    if (!scriptKeys.includes(key)) return scriptsInYaml(member)
    return [member].flat().filter((script): script is string => typeof script === 'string')
  })
}
