/** Strings that look like tokens. A pattern that is too loose matches one of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintMark, patterns } from './mint-mark.ts'
import { parseToken, signCompact } from './token.ts'
import { finder, leakContexts, sampleKey } from './token-samples.ts'

const ours = '{"alg":"HS256","typ":"JWT"}'
const rest = '","jti":"at-v0o0000000000000","gen":1,"sec":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'
const joe = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'

const published = {
  'RFC 7515 A.1, RFC 7519 3.1': `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${joe}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
  'RFC 7515 A.2': `eyJhbGciOiJSUzI1NiJ9.${joe}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
  'RFC 7515 A.3': `eyJhbGciOiJFUzI1NiJ9.${joe}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
  'RFC 7515 A.4':
    'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
  'RFC 7515 A.5, RFC 7519 6.1': `eyJhbGciOiJub25lIn0.${joe}.`,
}

/** Our header, another issuer. */
// biome-ignore format: one line per case is easier to read
const issuers = [
  'joe', 'https://accounts.google.com', 'https://token.actions.githubusercontent.com', 'kubernetes/serviceaccount',
  'supabase', 'vault', 'gitlab', 'grafana', 'n8n', 'argocd', 'scala', 'scal', 'scalar', 'scalr', 'scalr.io', 'scalr/x',
  'scalr-x', 'scalr_x', 'scalr@x', 'scalr,x', 'scalr x', 'scalr+1', 'scalr!', 'scalrA', 'scalrz', 'scalré', 'scalr~', 'Scalr:x',
  'SCALR:x', ' scalr:x', 'xscalr:x', 'https://scalr:8080', 'scalr\u0001',
]

/** Our issuer, another header. */
// biome-ignore format: one line per case is easier to read
const headers = [
  '{"typ":"JWT","alg":"HS256"}', '{"alg":"HS256"}', '{"alg":"HS384","typ":"JWT"}', '{"alg":"HS512","typ":"JWT"}',
  '{"alg":"RS256","typ":"JWT"}', '{"alg":"PS256","typ":"JWT"}', '{"alg":"ES256","typ":"JWT"}', '{"alg":"EdDSA","typ":"JWT"}',
  '{"alg":"none","typ":"JWT"}', '{"alg":"HS256","typ":"jwt"}', '{"alg":"HS256","typ":"at+jwt"}', '{"alg":"HS256","kid":"1"}',
  '{"alg":"HS256","typ":"JWT","kid":"1"}', '{"alg": "HS256", "typ": "JWT"}', '{ "alg":"HS256","typ":"JWT"}',
]

/** Our header, with our issuer in a position that the literal does not match. */
const payloads = [
  `{ "iss":"scalr:x${rest}`,
  `{"iss": "scalr:x${rest}`,
  `{"iss" :"scalr:x${rest}`,
  `{"ISS":"scalr:x${rest}`,
  `{"jti":"1","iss":"scalr:x"}`,
  `{"sub":"scalr:x","iss":"joe"}`,
  `{"iat":1516239022,"iss":"scalr:x"}`,
  `{"iss":["scalr:x"]}`,
  '{"sub":"1234567890","name":"John Doe","iat":1516239022}',
  '{}',
]

const jwt = (header: string, payload: string): string => {
  const signingInput = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.')
  return `${signingInput}.${signCompact(signingInput, sampleKey)}`
}

const corpus: [what: string, token: string][] = [
  ...Object.entries(published),
  ...issuers.map((issuer): [string, string] => [
    `issuer ${JSON.stringify(issuer)}`,
    jwt(ours, `{"iss":"${issuer}${rest}`),
  ]),
  ...headers.map((header): [string, string] => [`header ${header}`, jwt(header, `{"iss":"scalr:x${rest}`)]),
  ...payloads.map((payload): [string, string] => [`payload ${payload}`, jwt(ours, payload)]),
]

const { secretFormat: format, beforeSecret: before, afterSecret: after } = patterns(mintMark('scalr:7k2m9q'))
const find = finder({ before, format, after })

test('none of at least 60 foreign tokens is matched in text', () => {
  assert.ok(new Set(corpus.map(([, token]) => token)).size >= 60, `${corpus.length}`)
  for (const [what, token] of corpus) {
    for (const context of leakContexts) assert.doesNotMatch(context(token), find, what)
  }
})

test('the same corpus with our header and issuer is matched, so the previous test is meaningful', () => {
  assert.match(jwt(ours, `{"iss":"scalr:x${rest}`), find)
  assert.ok(parseToken(jwt(ours, `{"iss":"scalr:x${rest}`)))
})

test('a token inside a longer word is not found', () => {
  const token = jwt(ours, `{"iss":"scalr:x${rest}`)
  assert.doesNotMatch(`x${token}`, find)
})
