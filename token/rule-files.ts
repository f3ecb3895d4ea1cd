/** The files that teach other people's scanners to find an installation's tokens. */
import { headerLiteral, type MintMark, patterns } from './mint-mark.ts'

export const ruleFormats = ['github', 'github-strict', 'gitleaks', 'trufflehog', 'gitlab', 'regex'] as const

export type RuleFormat = (typeof ruleFormats)[number]

/** What gitleaks and GitLab call a find. GitLab writes it in small letters behind `gitleaks_rule_id_`, so it has no others. */
export const ruleId = 'mintmark-token'

interface RuleFile {
  readonly mediaType: string
  readonly fileName: string
  readonly text: string
}

interface Rule extends ReturnType<typeof patterns> {
  readonly mark: string
  readonly address: string
}

/**
 * One rule file. `address` is the origin at which the installation is reached, such as `https://tokens.example.com`.
 * Throws `TypeError` for a format, a mark or an address that cannot be put into a file.
 */
export function ruleFile(format: RuleFormat, mark: MintMark, address: string): RuleFile {
  if (!ruleFormats.includes(format)) throw new TypeError(`A rule format is one of ${ruleFormats.join(', ')}.`)
  return writers[format]({ ...patterns(mark), mark: mark.text, address: originOf(address) })
}

const writers: Record<RuleFormat, (rule: Rule) => RuleFile> = {
  github: (rule) => plain('mintmark-github.txt', githubPage(rule, rule.secretFormat)),
  'github-strict': (rule) => plain('mintmark-github-strict.txt', githubPage(rule, rule.strictFormat)),
  gitleaks: (rule) => toml('gitleaks.toml', gitleaksRules(rule, 'useDefault = true') + gitleaksAllowlists(rule)),
  trufflehog: (rule) => ({ mediaType: 'application/yaml', fileName: 'trufflehog.yaml', text: detector(rule) }),
  gitlab: (rule) => toml('secret-detection-ruleset.toml', gitlabRuleset(rule)),
  regex: (rule) => plain('mintmark-regex.txt', `${expressionOf(rule)}\n`),
}

/** Every value stands alone on its line, so that it can be copied whole. */
const githubPage = (rule: Rule, secretFormat: string): string => `\
GitHub secret scanning: custom pattern for the tokens of ${rule.address}, mint mark ${rule.mark}

Pattern name:
Mintmark token

Secret format:
${secretFormat}

Before secret:
${rule.beforeSecret}

After secret:
${rule.afterSecret}

Test string (shaped like a token, signed with no key that exists):
${sampleOf(rule)}

Steps:
1. In the organization's settings open Code security, then Global settings. In a single repository: its settings, Code security.
2. Turn on "Scan for non-provider patterns".
3. Under "Custom patterns" press "New pattern". Enter the name and the secret format; the other two are under "More options".
4. Paste the test string. It has to be shown as a match.
5. Press "Save and dry run", look through the results, then press "Publish pattern".
6. Press "Enable" beside push protection, so that a push that carries a token is stopped.
`

/** GitLab runs gitleaks too, but keeps its own default rules in a file. */
const gitleaksRules = (rule: Rule, extend: string): string => `\
# Tokens of ${rule.address}
[extend]
${extend}

[[rules]]
id = "${ruleId}"
description = ${quoted(descriptionOf(rule))}
regex = '${expressionOf(rule)}'
secretGroup = 1
keywords = ["${rule.literal}"]
`

/**
 * Keeps gitleaks' own rules from reporting the same token a second time. gitleaks ignores the tables before 8.25. GitLab's
 * ruleset does without: gitleaks refuses to start when a rule named here does not exist, and GitLab chooses its own. What is
 * called the secret of `jwt-base64` is a part of the header, so there the whole match is compared.
 */
const gitleaksAllowlists = (rule: Rule): string => `
[[allowlists]]
description = "Reported as ${ruleId}"
targetRules = ["jwt", "generic-api-key", "curl-auth-header", "curl-auth-user"]
regexes = ['${rule.strictFormat}', '^${base64Start(rule)}']

[[allowlists]]
description = "Reported as ${ruleId}"
targetRules = ["jwt-base64"]
regexTarget = "match"
regexes = ['^${base64Start(rule)}']
`

/** The base64 characters with which every token starts that was encoded as a whole: of as many bytes as fill groups of three. */
function base64Start({ literal }: Rule): string {
  const start = `${headerLiteral}.${literal}`
  return btoa(start.slice(0, start.length - (start.length % 3))).replaceAll('+', '\\+')
}

/** A multi-line literal string, in which no backslash means anything. The rules in it never hold three apostrophes. */
const gitlabRuleset = (rule: Rule): string => `\
# To be committed as .gitlab/secret-detection-ruleset.toml
[secrets]
description = "GitLab's rules, and the tokens of ${rule.address}"

[[secrets.passthrough]]
type = "raw"
target = "gitleaks.toml"
value = '''
${gitleaksRules(rule, 'path = "/gitleaks.toml"')}'''
`

// TruffleHog hands the expression the text from the keyword on, so the keyword has to be what every match starts with.
const detector = (rule: Rule): string => `\
# Tokens of ${rule.address}
detectors:
  - name: mintmark
    description: ${quoted(descriptionOf(rule))}
    keywords:
      - "${headerLiteral}"
    regex:
      token: '${expressionOf(rule)}'
    verify:
      - endpoint: "${rule.address}/leaks/trufflehog"
        unsafe: ${rule.address.startsWith('http:')}
`

/**
 * The strict form and what may follow it, for RE2, PCRE and JavaScript alike; the token is group 1. Nothing is asked of
 * what comes before: the header tells enough, and a token after `%20` or `\n`, spelled out, is a token all the same.
 */
const expressionOf = ({ strictFormat, afterSecret }: Rule): string =>
  `(${strictFormat})(?:${afterSecret.replace('\\z', '$')})`

const descriptionOf = ({ mark, address }: Rule): string => `Mintmark API token of ${address}, mint mark ${mark}`

/** As long as a signature and spelled like one, but the work of no key that anyone could find. */
const noSignature = 'SIGNED-WITH-NO-KEY-THAT-EXISTS-FOR-TESTS-00'

function sampleOf({ mark }: Rule): string {
  const payload = { iss: mark, jti: 'at-000000000sample', gen: 1, sec: 'A'.repeat(32) }
  return `${headerLiteral}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${noSignature}`
}

/** A string in double quotes as TOML, YAML and JSON read it, without an apostrophe that could end a literal around it. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("'", '\\u0027')

const plain = (fileName: string, text: string): RuleFile => ({
  mediaType: 'text/plain; charset=utf-8',
  fileName,
  text,
})

const toml = (fileName: string, text: string): RuleFile => ({ mediaType: 'application/toml', fileName, text })

/** It goes into files unescaped, and `URL` lets quotes into a host. */
function originOf(address: string): string {
  if (!/^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?$/.test(address) || URL.parse(address)?.origin !== address)
    throw new TypeError('An address is an origin such as https://tokens.example.com: no path, no usual port.')
  return address
}
