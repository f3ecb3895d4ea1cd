/** Generates `docs/reference/errors.md`: every error code of the API, with cause and remedy. */
import { type RefusalCode, refusals } from '@mintmark/contract'

interface Advice {
  readonly cause: string
  readonly remedy: string
}

const own = 'Correct the request. `detail` names what was expected, and `source` the place.'
const wait = 'Wait for the time in `Retry-After`, then try again.'

const advice: Readonly<Record<RefusalCode, Advice>> = {
  'no-token': {
    cause: 'The request has no `Authorization: Bearer` header.',
    remedy: 'Send the token. Check that a proxy does not remove the header.',
  },
  'invalid-token': {
    cause: 'This installation did not issue the token, or the string is incomplete.',
    remedy: 'Compare its last six characters with `mintmark token list`, and check the address of the server.',
  },
  'token-revoked': {
    cause: 'The token was deleted, rotated without overlap, or revoked after a leak report.',
    remedy: 'Create another token. The audit log shows who revoked it.',
  },
  'token-expired': {
    cause: 'The lifetime of the token, or the overlap after its rotation, is over.',
    remedy: 'Create another token, and [rotate](../rotation.md) it before it expires.',
  },
  'owner-inactive': {
    cause: 'The user or service account that owns the token is inactive.',
    remedy: 'Ask an administrator to activate the owner.',
  },
  'not-from-this-network': {
    cause: "The account does not allow the client's network address.",
    remedy:
      'Add the network to the account. If every client appears to have the same address, set `--trust-proxy` ([reverse proxies](../reverse-proxies.md)).',
  },
  'too-many-bad-tokens': {
    cause: 'The network address sent too many invalid tokens within a minute.',
    remedy: `${wait} Find the program that uses an outdated token.`,
  },
  'no-session': { cause: 'There is no console session, or it has expired.', remedy: 'Sign in.' },
  'wrong-credentials': {
    cause: 'Email address, password or code is wrong.',
    remedy: 'Try again, or ask an administrator for a [sign-in link](../signing-in.md).',
  },
  'second-factor-required': {
    cause: 'The password is correct, and the user has set up one-time passwords.',
    remedy: 'Enter the code of the authenticator app, or a recovery code.',
  },
  'too-many-attempts': {
    cause: 'Too many failed sign-in attempts, password checks or invitations.',
    remedy: wait,
  },
  'step-up-required': {
    cause: 'The operation is sensitive, and the session was authenticated more than 15 minutes ago.',
    remedy: 'Re-authenticate in the console and repeat the request.',
  },
  'sign-in-unfinished': {
    cause: 'The user signed in with a link or a first password, or without the second factor that an account requires.',
    remedy: 'Set a passkey or a password, or set up or use the second factor, first.',
  },
  'invalid-grant': {
    cause: 'The authorization code was used, has expired, or belongs to another client.',
    remedy: 'Repeat `mintmark login` or `terraform login`.',
  },
  'insecure-connection': {
    cause: 'A sign-in over plain http to another machine.',
    remedy:
      'Use https, or the host name `localhost` on the same machine ([browser requirements](../signing-in.md#browser-requirements)).',
  },
  'stale-replica': {
    cause: 'The node cannot prove that its data is fresh, because the database does not respond.',
    remedy: `${wait} Check the database and \`/readyz\`.`,
  },
  'too-busy': { cause: 'Too many passwords are being checked at once.', remedy: wait },
  'database-unavailable': {
    cause: 'The database cannot be reached, or the disk is full.',
    remedy: 'The server log has the reason, with the ID of the request.',
  },
  forbidden: {
    cause: 'The caller can read the object but lacks the permission for the operation.',
    remedy: '`detail` names the permission. Grant it with an access policy ([roles](../roles.md)).',
  },
  'grants-more-than-held': {
    cause: 'The request would grant, create or remove rights that the calling token does not have.',
    remedy: 'Use a token with these rights, or grant less.',
  },
  'system-object': {
    cause: 'The object is built in, such as a system role.',
    remedy: 'Create an object of your own instead.',
  },
  'last-owner': {
    cause: 'The owner of an account cannot be removed, deactivated or demoted.',
    remedy: 'Transfer the account to another owner first.',
  },
  'not-found': {
    cause: 'The object does not exist, or the caller cannot read it.',
    remedy: 'Check the ID, and the rights of the token with `mintmark whoami`.',
  },
  'unknown-route': { cause: 'No operation has this method and path.', remedy: 'Look it up in the API reference.' },
  'unknown-related': {
    cause: 'The body refers to an object that does not exist or that the caller cannot read.',
    remedy: own,
  },
  'unknown-member': {
    cause: 'A relationship request lists an object that does not exist or that the caller cannot read.',
    remedy: own,
  },
  'invalid-attribute': { cause: 'The value of an attribute is not allowed.', remedy: own },
  lockout: {
    cause: 'The allowed networks of the account would not contain the address of the user. Only in the console.',
    remedy: 'Add the address, or confirm with `confirm-lockout-from`.',
  },
  'invalid-relationship': { cause: 'A relationship has the wrong type or number of objects.', remedy: own },
  'invalid-document': { cause: 'The body is JSON, but not the expected document.', remedy: own },
  'malformed-json': { cause: 'The body is not JSON.', remedy: own },
  'malformed-request': { cause: 'The request is not valid HTTP, or a form member is invalid.', remedy: own },
  'invalid-parameter': { cause: 'The value of a query parameter is not allowed.', remedy: own },
  'invalid-signature': {
    cause: 'The signature of a leak report or webhook is missing, wrong, or by an unknown key.',
    remedy: 'Check the secret or the keys ([GitHub secret scanning](../github-secret-scanning.md)).',
  },
  'keys-unavailable': {
    cause: 'The public keys of a reporter cannot be fetched.',
    remedy: 'Check outbound access, or configure the keys in a file.',
  },
  'too-many-reports': { cause: 'Too many leak reports or token checks from one network address.', remedy: wait },
  'assume-refused': {
    cause:
      'No assume policy accepts the ID token: unknown issuer, wrong audience or claim, expired, or already used. The response is the same for all of them.',
    remedy: 'See [workload identity](../workload-identity.md#troubleshooting).',
  },
  conflict: {
    cause: 'The request conflicts with the current state, such as a name in use or a limit on the number of objects.',
    remedy: 'Read the object again and decide. `detail` describes the conflict.',
  },
  'body-too-large': { cause: 'The body exceeds its limit.', remedy: 'Send less at once ([limits](../limits.md)).' },
  'unsupported-media-type': {
    cause: 'The `Content-Type` of the body is not supported.',
    remedy: 'Use `application/vnd.api+json`, or the type in the API reference.',
  },
  'headers-too-large': { cause: 'The request headers exceed their limit.', remedy: 'Send fewer or shorter headers.' },
  overloaded: { cause: 'Too many request bodies are being received at once.', remedy: wait },
  timeout: { cause: 'The request was not received completely in time.', remedy: 'Check the network and try again.' },
  'internal-error': {
    cause: 'A bug in Mintmark.',
    remedy: 'Look up `id` in the server log and report it.',
  },
}

export function errorsPage(): string {
  const sections = Object.entries(refusals).map(([code, { status, title }]) => {
    const { cause, remedy } = advice[code as RefusalCode]
    return `## ${code}\n\n**${status} ${title}.** ${cause}\n\n${remedy}\n`
  })
  return `# Error codes

Errors are JSON:API documents. Programs should use \`code\`; \`detail\` is for people and can change.

\`\`\`json
{
  "errors": [
    {
      "id": "req-1",
      "status": "422",
      "code": "invalid-attribute",
      "title": "Invalid Attribute",
      "detail": "Expected a whole number from 1 to 525600.",
      "source": { "pointer": "/data/attributes/expires-in" }
    }
  ]
}
\`\`\`

\`id\` is the ID of the request in the server log. Requests that fail with 408, 429 or 503 can be repeated after \`Retry-After\` seconds. \`npm run generate\` writes this page.

${sections.join('\n')}`
}
