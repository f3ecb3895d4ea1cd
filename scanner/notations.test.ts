/** One row for each encoding and wrapping of a token. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { mintMark } from '@mintmark/token'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { sampleToken } from '../token/token-samples.ts'
import { zipOf } from './archive-samples.ts'
import { bzip2Of } from './bzip2-samples.ts'
import { Scan } from './scan.ts'
import { scanStream } from './scan-stream.ts'

const numbers = seededNumbers(77)
const newToken = () => sampleToken(mintMark(numbers.pick(['scalr:7k2m9q', 'scalr:0', 'scalr<other>'])), numbers).open()

async function scanned(content: string | Buffer, chunk = 64 * 1024) {
  const scan = new Scan()
  const bytes = Buffer.from(content)
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += chunk) yield Buffer.from(bytes.subarray(at, at + chunk))
  }
  await scanStream(scan, 'f', pieces())
  return scan.leaks.map(({ token, locations }) => ({ token: token.open(), locations }))
}

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const lines = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'gs')) ?? []
const codes = (text: string, codeOf: (code: number) => string, between = '') =>
  [...Buffer.from(text)].map(codeOf).join(between)
const hex = (code: number) => code.toString(16).padStart(2, '0')

/** Quoted-printable (RFC 2045 section 6.7): lines of up to 76 characters. */
function quotedPrintable(text: string, width = 75): string {
  const encoded = text.replace(/[=\x7f-\xff]/g, (character) => `=${hex(character.charCodeAt(0)).toUpperCase()}`)
  return lines(encoded, width).join('=\r\n')
}

/** Wrapped at a width, with the text at the end of a line and the start of the next. */
const wrappings: Readonly<Record<string, (parts: readonly string[]) => string>> = {
  'YAML folded scalar': (parts) => `token: >-\n  ${parts.join('\n  ')}\nnext: x\n`,
  'YAML literal scalar': (parts) => `token: |-\n      ${parts.join('\n      ')}\n`,
  'YAML double-quoted scalar': (parts) => `token: "${parts.join('\\\n  ')}"\n`,
  'plain lines with CRLF': (parts) => `${parts.join('\r\n')}\r\n`,
  'quoted-printable soft line ends': (parts) => `token=3D${parts.join('=\r\n')}\r\n`,
  'a quoted email': (parts) => `> > token: ${parts.join('\n> > ')}\n`,
  'a comment': (parts) => `# ${parts.join('\n# ')}\n`,
  'a block comment': (parts) => `/*\n * ${parts.join('\n * ')}\n */`,
  'backslash continuation': (parts) => `TOKEN=${parts.join('\\\n')}\n`,
  'backtick continuation': (parts) => `$t = ${parts.join('`\r\n')}\r\n`,
  'caret continuation': (parts) => `set T=${parts.join('^\r\n')}\r\n`,
  'JavaScript concatenation': (parts) => `const t = "${parts.join('" +\n    "')}"`,
  'leading operator': (parts) => `const t = '${parts.join("'\n  + '")}';`,
  'C string literals': (parts) => `char *t = "${parts.join('"\n          "')}";`,
  'Python string literals': (parts) => `t = (b'${parts.join("'\n     b'")}')`,
  'PHP concatenation': (parts) => `$t = '${parts.join("' . '")}';`,
  'Lua concatenation': (parts) => `t = "${parts.join('" ..\n "')}"`,
  'SQL concatenation': (parts) => `select '${parts.join("' || '")}'`,
  'Visual Basic concatenation': (parts) => `t = "${parts.join('" & _\r\n    "')}"`,
  'array of strings': (parts) => JSON.stringify({ token: parts }, null, 2),
  'escaped concatenation': (parts) => JSON.stringify(`t = "${parts.join('" + "')}"`),
  'line ends in JSON': (parts) => JSON.stringify({ token: parts.join('\n') }),
  'line ends in JSON in JSON': (parts) => JSON.stringify(JSON.stringify({ token: parts.join('\r\n') })),
  'HTML line breaks': (parts) => `<td>${parts.join('<br/>')}</td>`,
  'HTML spans': (parts) => `<span class="s">${parts.join('</span><span class="s">')}</span>`,
  'word processor runs': (parts) => `<w:t>${parts.join('</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>')}</w:t>`,
  'soft hyphens': (parts) => parts.join('\u00ad'),
  'zero-width spaces': (parts) => parts.join('\u200b'),
  'zero-width spaces as entities': (parts) => parts.join('&#8203;'),
  'terminal colours': (parts) => `\x1b[31m${parts.join('\x1b[0m\x1b[31m')}\x1b[0m`,
  spaces: (parts) => parts.join(' '),
  'line ends in a URL': (parts) => parts.join('%0A'),
  'UTF-16 lines': (parts) => Buffer.from(`\ufeff${parts.join('\r\n')}\r\n`, 'utf16le').toString('latin1'),
}

for (const [name, wrap] of Object.entries(wrappings))
  test(`a wrapped token is found at every width: ${name}`, async () => {
    for (const width of [40, 57, 64, 70, 76, 80, 120]) {
      for (let first = 1; first < width; first += name === 'YAML folded scalar' ? 1 : 7) {
        const token = newToken()
        const parts = [token.slice(0, first), ...lines(token.slice(first), width)]
        const text = wrap(parts)
        const bytes = Buffer.from(text, name.startsWith('UTF-16') ? 'latin1' : 'utf8')
        const found = await scanned(bytes)
        assert.deepEqual(
          found.map((each) => each.token),
          [token],
          `${width} ${first} ${text}`,
        )
        assert.equal(found[0]?.locations.length, 1)
      }
    }
  })

/** Functions that encode a token, and the expected `how`. */
const notations: Readonly<Record<string, readonly [(token: string) => string | Buffer, how: string]>> = {
  'quoted-printable with codes': [(token) => quotedPrintable(`SCALR_TOKEN=${token}; é`), 'wrapped'],
  'punctuation in percent-encoding': [(token) => token.replaceAll('.', '%2E'), 'escaped'],
  'punctuation in percent-encoding, twice': [(token) => token.replaceAll('.', '%252e'), 'escaped'],
  'percent-encoding': [(token) => codes(token, (code) => `%${hex(code).toUpperCase()}`), 'escaped'],
  'percent-encoding in lower case': [(token) => codes(token, (code) => `%${hex(code)}`), 'escaped'],
  'quoted-printable codes': [(token) => codes(token, (code) => `=${hex(code).toUpperCase()}`), 'escaped'],
  'JSON escapes': [(token) => `"${codes(token, (code) => `\\u00${hex(code)}`)}"`, 'escaped'],
  'JSON escapes of punctuation': [(token) => token.replaceAll('.', '\\u002E').replaceAll('-', '\\u002d'), 'escaped'],
  'hexadecimal escapes': [(token) => codes(token, (code) => `\\x${hex(code)}`), 'escaped'],
  'octal escapes': [(token) => codes(token, (code) => `\\${code.toString(8).padStart(3, '0')}`), 'escaped'],
  'octal escapes of punctuation': [(token) => token.replaceAll('.', '\\056'), 'escaped'],
  'HTML entities': [(token) => codes(token, (code) => `&#${code};`), 'escaped'],
  'hexadecimal HTML entities': [(token) => codes(token, (code) => `&#x${hex(code)};`), 'escaped'],
  'HTML entities of punctuation': [
    (token) => token.replaceAll('.', '&period;').replaceAll('_', '&lowbar;').replaceAll('-', '&#45;'),
    'escaped',
  ],
  'HTML entities, escaped': [(token) => token.replaceAll('.', '&amp;#46;'), 'escaped'],
  'Markdown escapes': [(token) => token.replace(/[._-]/g, '\\$&'), 'wrapped'],
  'an expression': [(token) => `/^${token.replaceAll('.', '\\.')}$/`, 'wrapped'],
  hexadecimal: [(token) => Buffer.from(token).toString('hex'), 'hex'],
  'hexadecimal in upper case': [(token) => `X'${Buffer.from(token).toString('hex').toUpperCase()}'`, 'hex'],
  'hexadecimal in lines': [(token) => lines(Buffer.from(`ab${token}`).toString('hex'), 60).join('\n'), 'hex'],
  'hexadecimal with spaces': [(token) => codes(token, hex, ' '), 'hex'],
  'hexadecimal with colons': [(token) => codes(token, hex, ':'), 'hex'],
  'an array of hexadecimal numbers': [(token) => `{ ${codes(token, (code) => `0x${hex(code)}`, ', ')} }`, 'hex'],
  'an array of numbers': [(token) => JSON.stringify(Buffer.from(token)), 'decimal'],
  'an array of numbers with spaces': [(token) => `[${codes(token, String, ', ')}]`, 'decimal'],
  'base64 in quoted-printable': [(token) => quotedPrintable(base64(`xy${token}`)), 'base64'],
  'base64 with escaped slashes': [(token) => base64(`???${token}???`).replaceAll('/', '\\/'), 'base64'],
  'base64 in string literals': [(token) => `"${lines(base64(`x${token}`), 60).join('" +\n  "')}"`, 'base64'],
  'base64 of base64': [(token) => base64(base64(token)), 'base64 base64'],
  'base64 of base64, both in lines': [
    (token) => lines(base64(lines(base64(`password: ${token}\n`), 76).join('\n')), 76).join('\n'),
    'base64 base64',
  ],
  'base64 of base64url': [(token) => base64(Buffer.from(`a${token}`).toString('base64url')), 'base64 base64'],
  'base64 of YAML that breaks it': [(token) => base64(`t: >-\n  ${lines(token, 80).join('\n  ')}\n`), 'base64 wrapped'],
  'a Helm release': [(token) => helmRelease(token), 'base64 base64 gzip plain'],
  'a Helm release whose values hold base64': [(token) => helmRelease(base64(token)), 'base64 base64 gzip base64'],
  'zip in base64': [(token) => base64(zipOf({ a: `${'x'.repeat(99)}${token}` })), 'base64 zip plain'],
  'bzip2 in base64': [(token) => base64(bzip2Of(`${'x'.repeat(99)}${token}`)), 'base64 bzip2 plain'],
  'zstd in base64': [(token) => base64(zstdCompressSync(`${'x'.repeat(99)}${token}`)), 'base64 zstd plain'],
  'gzip in base64 in quoted-printable': [(token) => quotedPrintable(base64(gzipSync(token))), 'base64 gzip plain'],
}

/** A Helm 3 release: a Kubernetes Secret whose value is base64 of base64 of gzip. */
function helmRelease(value: string): string {
  const release = JSON.stringify({ name: 'web', config: { token: value }, manifest: 'x: y\n'.repeat(300) })
  return `apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\ndata:\n  release: ${base64(base64(gzipSync(release)))}\n`
}

for (const [name, [write, how]] of Object.entries(notations))
  test(`a token is found, once, in ${name}`, async () => {
    for (let turn = 0; turn < 12; turn++) {
      const token = newToken()
      const written = write(token)
      const before = Buffer.from(`${'a line\n'.repeat(turn)}${' '.repeat(turn)}`)
      const bytes = Buffer.concat([before, Buffer.from(written), Buffer.from('\nend\n')])
      for (const chunk of [bytes.length, 97]) {
        const found = await scanned(bytes, chunk)
        assert.deepEqual(
          found.map((each) => each.token),
          [token],
          String(written),
        )
        const hows = found[0]?.locations.map((location) => location.how.join(' ')) ?? []
        assert.equal(hows.length, 1, String(hows))
        if (turn === 0 || !name.includes('punctuation')) assert.equal(hows[0], how)
      }
    }
  })

test('base64 of base64 is found at every offset of each layer', async () => {
  for (let outer = 0; outer < 4; outer++)
    for (let inner = 0; inner < 4; inner++)
      for (const pack of [(text: string) => base64(text), (text: string) => base64(gzipSync(text))]) {
        const token = newToken()
        const packed = `${'x'.repeat(outer)}"${pack(`${'y'.repeat(inner)}${token}`)}"`
        assert.deepEqual(
          (await scanned(base64(packed))).map((each) => each.token),
          [token],
          `${outer} ${inner}`,
        )
      }
})

test('a truncated token is not completed by the following word', async () => {
  for (const next of ['NEXT=1', 'A_B=c', 'ABCDEFGH', 'export X'])
    for (const between of ['\n', '\r\n', ' ', '\\n', '"\n  "', '=\n'])
      for (let turn = 0; turn < 20; turn++)
        assert.deepEqual(await scanned(`TOKEN=${newToken().slice(0, -1)}${between}${next}\n`), [])
})

test('two adjacent tokens are both found at their locations', async () => {
  const [one, other] = [newToken(), newToken()]
  for (const between of ['\n', ',', ' ', '', '"\n"', '=\r\n', '\\n']) {
    const found = await scanned(`${one}${between}${other}`)
    assert.deepEqual(
      found.map(({ token }) => token),
      [one, other],
      JSON.stringify(between),
    )
  }
})

test('the location of a wrapped token is its start', async () => {
  const token = newToken()
  const [{ locations } = { locations: [] }] = await scanned(
    `a: b\ntoken: >-\n  ${token.slice(0, 10)}\n  ${token.slice(10)}\n`,
  )
  assert.deepEqual(
    locations.map(({ line, column, how }) => [line, column, how]),
    [[3, 3, ['wrapped']]],
  )
})

/** The worst case for each step after a pattern. */
const hostile = [
  '<a>',
  '\\',
  '\\\\',
  '"',
  '" + ',
  '&amp;',
  '&#',
  '%25',
  '=',
  '\n',
  ' ',
  '\u200b',
  'e',
  'ey',
  '\x1b[',
  '\\u00',
]
const starts = [
  'eyJhbGciOiJIUzI1NiIsInR5',
  'ZXlKaGJHY2lPaUpJVXpJMU5p',
  '65794a6862476369',
  '101,121,74,104,98,71,99,105,79,105',
]

test('parsing hostile text takes a bounded number of steps per start', async () => {
  for (const start of starts)
    for (const filler of hostile) {
      const text = `${start}${filler.repeat(Math.ceil(4_096 / filler.length))}`
      assert.deepEqual(await scanned(text.repeat(8)), [], JSON.stringify(filler))
    }
})
