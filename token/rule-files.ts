/** Generates rule files with which other scanners find an installation's tokens. */
import { headerLiteral, type MintMark, patterns } from './mint-mark.ts'

export const ruleFormats = ['github', 'github-strict', 'gitleaks', 'trufflehog', 'gitlab', 'regex'] as const

export type RuleFormat = (typeof ruleFormats)[number]

/** The rule ID for gitleaks and GitLab. Lower case, because GitLab converts it to lower case after `gitleaks_rule_id_`. */
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
 * Returns a rule file. `address` is the origin of the installation, such as `https://tokens.example.com`.
 * Throws `TypeError` for an invalid format, mark or address.
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

/** Each value is on its own line, so that it can be copied. */
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

Test string (has the format of a token, but no existing key signed it):
${sampleOf(rule)}

Steps:
1. In the organization's settings, open Code security, then Global settings. For a single repository: Settings, Code security.
2. Turn on "Scan for non-provider patterns".
3. Under "Custom patterns" click "New pattern". Enter the name and the secret format. The other two fields are under "More options".
4. Paste the test string. It must be marked as a match.
5. Click "Save and dry run", check the results, then click "Publish pattern".
6. Click "Enable" next to push protection, to block pushes that contain a token.
`

/** Also used for GitLab, which runs gitleaks with its own default rules. */
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
 * Prevents gitleaks' default rules from reporting the same token again. gitleaks before 8.25 ignores these tables. GitLab's
 * ruleset does not contain them, because gitleaks does not start if a rule is missing, and GitLab chooses its own rules. The
 * secret of `jwt-base64` is only a part of the header, so the whole match is compared there.
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

/** The characters with which every base64-encoded token starts, from as many bytes as fill groups of three. */
function base64Start({ literal }: Rule): string {
  const start = `${headerLiteral}.${literal}`
  return btoa(start.slice(0, start.length - (start.length % 3))).replaceAll('+', '\\+')
}

/** Uses a multi-line literal string, without escapes. The rules never contain three apostrophes. */
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

// TruffleHog applies the expression to the text from the keyword on, so every match has to start with the keyword.
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
 * The strict pattern and what may follow it, for RE2, PCRE and JavaScript; group 1 is the token. There is no condition for
 * the text before, because the header is distinctive and a token may follow an escape such as `%20` or `\n`.
 */
const expressionOf = ({ strictFormat, afterSecret }: Rule): string =>
  `(${strictFormat})(?:${afterSecret.replace('\\z', '$')})`

const descriptionOf = ({ mark, address }: Rule): string => `Mintmark API token of ${address}, mint mark ${mark}`

/** Has the format of a signature but is not the result of any known key. */
const noSignature = 'SIGNED-WITH-NO-KEY-THAT-EXISTS-FOR-TESTS-00'

function sampleOf({ mark }: Rule): string {
  const payload = { iss: mark, jti: 'at-000000000sample', gen: 1, sec: 'A'.repeat(32) }
  return `${headerLiteral}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${noSignature}`
}

/** Quotes a string for TOML, YAML and JSON. Escapes apostrophes, which could end a surrounding literal. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("'", '\\u0027')

const plain = (fileName: string, text: string): RuleFile => ({
  mediaType: 'text/plain; charset=utf-8',
  fileName,
  text,
})

const toml = (fileName: string, text: string): RuleFile => ({ mediaType: 'application/toml', fileName, text })

/** Validates strictly, because it is written to files unescaped and `URL` accepts quotes in a host. */
function originOf(address: string): string {
  if (!/^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?$/.test(address) || URL.parse(address)?.origin !== address)
    throw new TypeError('Expected an origin such as https://tokens.example.com, without path and default port.')
  return address
}
