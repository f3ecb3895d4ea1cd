import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintMark } from './mint-mark.ts'
import { type RuleFormat, ruleFile, ruleFormats, ruleId } from './rule-files.ts'
import { foreignTokens, malformedTokens } from './rule-files-look-alikes.ts'
import { readToml, readYaml } from './rule-files-readers.ts'
import { seededNumbers } from './seeded-numbers.ts'
import { isSignedBy, parseToken } from './token.ts'
import { finder, leakContexts, sampleKey, sampleToken } from './token-samples.ts'

const address = 'https://tokens.example.com'
const field = mintMark('scalr:7k2m9q')
const marks = [field, ...['acme', 'a.b+c', "it's'''all", '#{}[]|$&*^?', 'x'.repeat(64)].map(mintMark)]

/** The rule that a scanner reads from a file of the format. */
const expressionIn: Record<RuleFormat, (text: string) => RegExp> = {
  github: (text) => finder(fieldsIn(text)),
  'github-strict': (text) => finder(fieldsIn(text)),
  gitleaks: (text) => compiled(readToml(text)['rules.regex']),
  trufflehog: (text) => compiled(readYaml(text)['token']),
  gitlab: (text) => compiled(readToml(rulesIn(text))['rules.regex']),
  regex: (text) => compiled(text.trimEnd()),
}

test('the rules of every format find each of 2,000 tokens completely, in every context', () => {
  const numbers = seededNumbers(11)
  const finders = marks.map((mark) => ruleFormats.map((format) => finderOf(format, mark)))
  for (let i = 0; i < 2_000; i++) {
    const token = sampleToken(marks[i % marks.length]!, numbers).open()
    const text = numbers.pick(leakContexts)(token)
    for (const find of finders[i % marks.length]!) assert.equal(find.exec(text)?.[1], token, find.source)
  }
})

test('the rules of no format match any of 1,000 foreign tokens', () => {
  const numbers = seededNumbers(12)
  for (let i = 0; i < 1_000; i++) {
    const mark = marks[i % marks.length]!
    const token = numbers.pick(foreignTokens)(mark.text, numbers)
    for (const format of ruleFormats)
      assert.doesNotMatch(numbers.pick(leakContexts)(token), finderOf(format, mark), format)
  }
})

test('all rules except the fields in use reject strings that are too short or too long for a token', () => {
  const numbers = seededNumbers(13)
  for (let i = 0; i < 1_000; i++) {
    const mark = marks[i % marks.length]!
    const token = numbers.pick(malformedTokens)(sampleToken(mark, numbers).open(), numbers)
    const text = numbers.pick(leakContexts)(token)
    for (const format of ruleFormats.slice(1)) assert.doesNotMatch(text, finderOf(format, mark), format)
  }
})

test('two tokens with one character between them are both found', () => {
  const numbers = seededNumbers(14)
  const tokens = [sampleToken(field, numbers).open(), sampleToken(field, numbers).open()]
  for (const format of ruleFormats.slice(2)) {
    const found = [...tokens.join(',').matchAll(new RegExp(finderOf(format, field), 'g'))]
    assert.deepEqual(
      found.map(([, token]) => token),
      tokens,
      format,
    )
  }
})

test('the GitHub pages contain exactly the fields in use, and the stricter secret format', () => {
  const fields = { before: '\\A|[^0-9A-Za-z]', after: '\\z|[^0-9A-Za-z]' }
  const start = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\\.eyJpc3MiOiJzY2Fscj'
  assert.deepEqual(fieldsIn(textOf('github', field)), { ...fields, format: `${start}[a-zA-Z0-9_-]*\\.[a-zA-Z0-9_-]*` })
  assert.deepEqual(fieldsIn(textOf('github-strict', field)), {
    ...fields,
    format: `${start}[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{43}`,
  })
})

test('the test string has the format of a token, is matched, and is not signed by a known key', () => {
  for (const mark of marks) {
    const sample = valueUnder('Test string', textOf('github', mark))
    assert.equal(parseToken(sample)?.issuer, mark.text)
    for (const format of ruleFormats) assert.equal(finderOf(format, mark).exec(sample)?.[1], sample, format)
    for (const key of [sampleKey, new Uint8Array(32), new Uint8Array(64)]) assert.ok(!isSignedBy(sample, key))
  }
})

test('expressions for other scanners only use features common to RE2, PCRE and JavaScript', () => {
  for (const format of ruleFormats.slice(2)) {
    const { source } = finderOf(format, field)
    // No look-around, no modifiers, no escapes except of the dot, and no repetition above RE2's limit of 1,000.
    assert.doesNotMatch(source, /\(\?[^:]|\\[^.]|\{\d{4,}|\{\d*,\d{4,}/, format)
    assert.doesNotThrow(() => new RegExp(source, 'u'), format)
  }
})

test('a mint mark with any allowed characters is unchanged in the files', () => {
  for (const mark of marks) {
    const description = `Mintmark API token of ${address}, mint mark ${mark.text}`
    assert.equal(readToml(textOf('gitleaks', mark))['rules.description'], description)
    assert.equal(readToml(rulesIn(textOf('gitlab', mark)))['rules.description'], description)
    assert.equal(readYaml(textOf('trufflehog', mark))['description'], description)
  }
})

test('the gitleaks file keeps default rules and reports the token without the following character', () => {
  const values = readToml(textOf('gitleaks', field))
  assert.equal(values['extend.useDefault'], true)
  assert.equal(values['rules.id'], ruleId)
  assert.equal(values['rules.secretGroup'], 1)
  assert.deepEqual(values['rules.keywords'], ['eyJpc3MiOiJzY2Fscj'])
})

/**
 * gitleaks' own rules that match a token where it is usually left, as of 8.30: what they match and what they call the
 * secret. A rule is silent when an allowlist that names it matches its secret, or its match where the list says so.
 */
const ownRules: Record<string, RegExp> = {
  jwt: /\b(ey[a-zA-Z0-9]{17,}\.ey[a-zA-Z0-9/\\_-]{17,}\.(?:[a-zA-Z0-9/\\_-]{10,}={0,2})?)(?:[`'"\s;]|\\[nr]|$)/,
  'jwt-base64': /\bZXlK(aGJHY2lPaU)[a-zA-Z0-9/\\_+\-\r\n]{40,}={0,2}/,
  'generic-api-key': /(?:secret|token|api_key)[ \w]{0,20}[:=] ?['"]?([\w.+/=-]{10,})/,
  'curl-auth-header': /\bcurl\b.* -H "Authorization: Bearer ([^"]+)"/,
  'curl-auth-user': /\bcurl\b.* -u ([^\s]+)/,
}

const asBase64 = (text: string) => Buffer.from(text).toString('base64')
const moreLeakContexts = [
  (secret: string) => `curl -H "Authorization: Bearer ${secret}" https://api.example.com`,
  (secret: string) => `curl -u admin:${secret} https://api.example.com`,
  (secret: string) => `api_key = "${secret}"`,
  (secret: string) => `data:\n  token: ${asBase64(secret)}\n`,
]

test('gitleaks reports a token once: its default rules ignore tokens and nothing else', () => {
  const numbers = seededNumbers(17)
  for (const mark of marks) {
    const values = readToml(textOf('gitleaks', mark))
    const silent = (rule: string, match: RegExpExecArray) =>
      ['allowlists', 'allowlists.2'].some((list) => {
        if (!Object(values[`${list}.targetRules`]).includes(rule)) return false
        const target = String(values[`${list}.regexTarget`] === 'match' ? match[0] : match[1])
        return Object(values[`${list}.regexes`]).some((source: string) => new RegExp(source).test(target))
      })
    for (const context of [...leakContexts, ...moreLeakContexts]) {
      const text = context(sampleToken(mark, numbers).open())
      const foreign = context(numbers.pick(foreignTokens)(mark.text, numbers))
      for (const [rule, expression] of Object.entries(ownRules)) {
        const match = expression.exec(text)
        if (match) assert.ok(silent(rule, match), `${rule} reports ${text}`)
        const other = expression.exec(foreign)
        if (other) assert.ok(!silent(rule, other), `${rule} is silent about ${foreign}`)
      }
    }
  }
})

test('the GitLab file keeps default rules and finds the same tokens', () => {
  const outside = readToml(textOf('gitlab', field))
  assert.equal(outside['secrets.passthrough.type'], 'raw')
  assert.equal(outside['secrets.passthrough.target'], 'gitleaks.toml')
  const { 'extend.path': path, ...rules } = readToml(rulesIn(textOf('gitlab', field)))
  const same = Object.entries(readToml(textOf('gitleaks', field))).filter(([key]) => key.startsWith('rules.'))
  assert.equal(path, '/gitleaks.toml')
  assert.deepEqual(rules, Object.fromEntries(same))
})

test('every token contains the keywords, and TruffleHog’s keyword is the start of every match', () => {
  const numbers = seededNumbers(15)
  for (const mark of marks) {
    const token = sampleToken(mark, numbers).open()
    const [keyword] = Object(readToml(textOf('gitleaks', mark))['rules.keywords'])
    assert.ok(token.includes(keyword))
    assert.ok(token.startsWith(String(readYaml(textOf('trufflehog', mark))['keywords'])))
  }
})

test('the TruffleHog file verifies at the URL of the installation, and marks plain http as unsafe', () => {
  const { endpoint, unsafe } = readYaml(textOf('trufflehog', field))
  assert.deepEqual([endpoint, unsafe], ['https://tokens.example.com/leaks/trufflehog', false])
  const local = readYaml(ruleFile('trufflehog', field, 'http://127.0.0.1:8420').text)
  assert.deepEqual([local['endpoint'], local['unsafe']], ['http://127.0.0.1:8420/leaks/trufflehog', true])
})

test('every file ends with one line break and has its own name and media type', () => {
  const files = ruleFormats.map((format) => ruleFile(format, field, address))
  assert.equal(new Set(files.map(({ fileName }) => fileName)).size, files.length)
  for (const { text } of files) assert.match(text, /^[\x20-\x7e\n]*[^\n]\n$/)
  assert.deepEqual(
    files.map(({ mediaType }) => mediaType.replace(/;.*/, '')),
    ['text/plain', 'text/plain', 'application/toml', 'application/yaml', 'application/toml', 'text/plain'],
  )
})

test('an address that is not an origin is rejected for every format', () => {
  const bad = [
    '',
    'tokens.example.com',
    'ftp://tokens.example.com',
    'https://',
    'https://tokens.example.com/',
    'https://tokens.example.com/path',
    'https://tokens.example.com:443',
    'https://tokens.example.com:99999',
    'https://Tokens.example.com',
    'https://user:secret@tokens.example.com',
    'https://tokens.example.com?x=1',
    'https://a"b.example.com',
    "https://a'b.example.com",
    'https://tokens.example.com\n',
    'https://tokens.example.com"\n    unsafe: true',
    'https://[::1',
  ]
  for (const at of bad) {
    for (const format of ruleFormats) {
      assert.throws(() => ruleFile(format, field, at), { name: 'TypeError', message: /^Expected an origin/ }, at)
    }
  }
  for (const at of [address, 'http://localhost:8420', 'http://10.0.0.5', 'https://[::1]:8443', 'https://mint_mark']) {
    for (const format of ruleFormats.filter((format) => format !== 'regex')) {
      assert.ok(ruleFile(format, field, at).text.includes(at))
    }
  }
})

test('an unknown format or an unchecked invalid mint mark is rejected', () => {
  for (const format of ['', 'GITHUB', 'constructor', 'toString']) {
    assert.throws(() => ruleFile(format as RuleFormat, field, address), {
      message: /^A rule format is one of github, /,
    })
  }
  assert.throws(() => ruleFile('gitleaks', { text: 'a"b\nc' }, address), TypeError)
})

const textOf = (format: RuleFormat, mark = field): string => ruleFile(format, mark, address).text

const finderOf = (format: RuleFormat, mark = field): RegExp => expressionIn[format](textOf(format, mark))

const compiled = (expression: unknown): RegExp => new RegExp(String(expression))

const rulesIn = (text: string): string => String(readToml(text)['secrets.passthrough.value'])

const fieldsIn = (text: string) => ({
  format: valueUnder('Secret format', text),
  before: valueUnder('Before secret', text),
  after: valueUnder('After secret', text),
})

/** Returns the whole line under a heading of a GitHub page. */
function valueUnder(heading: string, text: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.startsWith(heading))
  assert.ok(at >= 0 && lines[at]?.endsWith(':'), heading)
  return lines[at + 1] ?? ''
}
