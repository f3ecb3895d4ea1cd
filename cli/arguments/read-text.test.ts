import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { findCredentials } from '../auth/credentials.ts'
import { readAllowFile } from '../scan/allow-file.ts'
import { readBaseline } from '../scan/baseline.ts'

const host = 'a.test'
const login = JSON.stringify({ credentials: { [host]: { token: 't' } }, name: 'Jürgen' })
const baseline = JSON.stringify({ version: 1, found: [{ 'token-hash': 'a', place: 'Jürgen' }] })

/** Every text file that a command reads, with valid content. */
const readers: [what: string, text: string, read: (file: string, home: string) => unknown][] = [
  ['a baseline', baseline, (file) => readBaseline(file)],
  ['the allow file', 'docs/** # von Jürgen\n', (file) => readAllowFile(file)],
  [
    "Terraform's configuration file",
    `# Jürgen\ncredentials "${host}" { token = "t" }`,
    (file, home) => findCredentials({ host, environment: { TF_CLI_CONFIG_FILE: file }, home }),
  ],
  ["Terraform's credentials file", login, (_, home) => findCredentials({ host, environment: {}, home })],
  [
    'a token in a file',
    'tökén',
    (file, home) => findCredentials({ host, environment: { MINTMARK_TOKEN_FILE: file }, home }),
  ],
]

for (const [what, text, read] of readers) {
  test(`${what} may have a byte order mark, and the error names the offset of the first byte that is not UTF-8`, (t) => {
    const home = temporaryFolder(t)
    mkdirSync(join(home, '.terraform.d'))
    const file = join(home, '.terraform.d', 'credentials.tfrc.json')
    writeFileSync(file, `\ufeff${text}`)
    read(file, home)
    writeFileSync(file, Buffer.from(text, 'latin1'))
    const offset = Buffer.from(text, 'latin1').findIndex((byte) => byte > 127)
    assert.throws(() => read(file, home), {
      name: 'WrongUsage',
      message: new RegExp(`${file}: expected UTF-8, found byte 0x\\w\\w at offset ${offset} `),
    })
  })
}

test('a line break at the end of MINTMARK_TOKEN_FILE is not part of the token', (t) => {
  const home = temporaryFolder(t)
  writeFileSync(join(home, 'token'), 'eyJh\n')
  const environment = { MINTMARK_TOKEN_FILE: join(home, 'token'), SCALR_TOKEN: 's' }
  assert.equal(findCredentials({ host: undefined, environment, home }).token.open(), 'eyJh')
  writeFileSync(join(home, 'token'), '\n')
  assert.throws(() => findCredentials({ host: undefined, environment, home }), { message: /token is empty$/ })
})
