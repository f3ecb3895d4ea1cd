import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { snippetsOf } from './snippets.ts'

const secret = 'eyJhbGciOiJIUzI1NiJ9.payload-_.signature-_'
const origin = 'https://mintmark.example.com:8443'
const textOf = (label: string) => snippetsOf(secret, origin).find((each) => each.label === label)?.text ?? ''

test('every snippet contains the token and the server', () => {
  for (const { label, text } of snippetsOf(secret, origin)) {
    assert.ok(text.includes(secret), label)
    assert.ok(text.includes(label === 'Terraform' ? 'mintmark.example.com:8443' : origin), label)
  }
})

test('shell snippets are valid commands, and values need no quotes', () => {
  for (const label of ['curl', 'CLI', 'GitHub Actions', 'GitLab CI', '.env'])
    execFileSync('sh', ['-n'], { input: textOf(label) })
  const print = `${textOf('.env')}\nprintf '%s %s' "$MINTMARK_URL" "$MINTMARK_TOKEN"`
  assert.equal(execFileSync('sh', { input: print }).toString(), `${origin} ${secret}`)
})

test('the Kubernetes snippet is a secret with both values', () => {
  const text = textOf('Kubernetes')
  assert.match(text, /^kind: Secret$/m)
  assert.ok(text.endsWith(`stringData:\n  MINTMARK_URL: ${origin}\n  MINTMARK_TOKEN: ${secret}`), text)
})
