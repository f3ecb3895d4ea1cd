import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bitsPerCharacter, looksSecret } from './looks-secret.ts'

test('a name that suggests a secret is enough, regardless of the value', () => {
  for (const key of [
    'TOKEN',
    'GITHUB_TOKEN',
    'db_password',
    'dbPassword',
    'CLIENT-SECRET',
    'SSH_PRIVATE_KEY',
    'apiKey',
    'AWS_SECRET_ACCESS_KEY',
    'SECRET_KEY_BASE',
    'KEY',
    'TOKEN2',
  ])
    assert.equal(looksSecret(key, ''), 'name', key)
})

test('a name that describes a secret is not one', () => {
  for (const key of [
    'TOKEN_URL',
    'kms_key_id',
    'KEY_NAME',
    'SECRET_ARN',
    'PASSWORD_FILE',
    'SSH_PUBLIC_KEY',
    'region',
    'keyboard',
    'monkey',
    'PATH',
    'tokenizer',
  ])
    assert.equal(looksSecret(key, 'eu-west-1'), null, key)
})

test('known secret prefixes are recognized under any name', () => {
  // Assembled at run time, so that scanners do not report this file.
  const body = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'
  for (const value of [
    `ghp_${body}`,
    `github_pat_${body}`,
    `glpat-${body.slice(0, 20)}`,
    `xoxb-${body}`,
    `AKIA${'ABCDEFGH12345678'}`,
    `sk_live_${body}`,
    `AIza${body}`,
    `hvs.${body}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${body}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${body}`,
    'postgres://app:hunter2@db.internal/app',
  ])
    assert.equal(looksSecret('thing', value), 'prefix', value)
})

test('random values are recognized, values that are only long are not', () => {
  for (const value of [
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY0',
    'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==',
  ])
    assert.equal(looksSecret('thing', value), 'random', value)
  for (const value of [
    '',
    'true',
    'eu-west-1',
    'my-very-long-bucket-name-in-eu-west-1-for-logs-2030',
    'https://tokens.example.com/api/iacp/v3/workspaces',
    'registry.example.com/team/service:v1.22.333',
    '123e4567-e89b-42d3-a456-426614174000',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'arn:aws:iam::123456789012:role/deployer',
    'the quick brown fox jumps over 13 lazy dogs',
    '{"a": 1, "b": [1, 2, 3], "c": "some longer text in here"}',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaa1',
    '00000000000000000000000000000000',
  ])
    assert.equal(looksSecret('thing', value), null, value)
})

test('the entropy is correct for known inputs', () => {
  assert.equal(bitsPerCharacter(''), 0)
  assert.equal(bitsPerCharacter('aaaa'), 0)
  assert.equal(bitsPerCharacter('abab'), 1)
  assert.equal(bitsPerCharacter('abcd'), 2)
})
