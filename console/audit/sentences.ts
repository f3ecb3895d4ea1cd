/** Describes audit events as sentences without subject, such as "created the environment production". */
import type { Event } from './event-text.tsx'

interface Sentence {
  /** Follows the name of the actor. */
  readonly predicate: string
  /** The name of the target; null if the predicate is complete. */
  readonly object: string | null
}

type Members = Readonly<Record<string, unknown>>

const textIn = (members: Members | null | undefined, ...names: readonly string[]): string | null => {
  const found = names.map((name) => members?.[name]).find((value) => typeof value === 'string' && value !== '')
  return (found as string | undefined) ?? null
}

const predicates: Readonly<Record<string, string>> = {
  'access-tokens.minted': 'created the token',
  'access-tokens.rotated': 'rotated the token',
  'access-tokens.limited': 'shortened the lifetime of the token',
  'access-tokens.updated': 'updated the token',
  'access-tokens.deleted': 'revoked the token',
  'accounts.updated': 'updated the account',
  'accounts.user-invited': 'invited a user',
  'accounts.user-removed': 'removed a user from the account',
  'authorizations.granted': 'authorized the program',
  'authorizations.exchanged': 'received a token for the program',
  'installation.prepared': 'set up this installation',
  'leak-reports.contained': 'contained a leak',
  'leak-reports.taken': 'received a leak report',
  'leak-rules.updated': 'updated the leak rules',
  'webhooks.tested': 'tested the webhook',
  'webhooks.secret-rotated': 'rotated the secret of the webhook',
  'one-time-links.created': 'created a sign-in link',
  'one-time-passwords.begun': 'started to set up an authenticator app',
  'one-time-passwords.on': 'turned on the authenticator app',
  'one-time-passwords.off': 'turned off the authenticator app',
  'passkeys.created': 'added the passkey',
  'passkeys.deleted': 'removed a passkey',
  'recovery-codes.created': 'created new recovery codes',
  'security-rules.updated': 'updated the security rules',
  'service-accounts.assumed': 'assumed the service account',
  'sessions.created': 'signed in',
  'sessions.deleted': 'ended a session',
  'sessions.reauthenticated': 're-authenticated',
  'users.password-changed': 'changed their password',
  'users.email-change-requested': 'requested a change of their email address to',
  'users.email-changed': 'changed their email address to',
  'users.sign-in-reset': 'reset the sign-in of the user',
  'workspaces.scheduled': 'set the schedule of the workspace',
}

const resourceNames: Readonly<Record<string, string>> = {
  'access-policies': 'access policy',
  'agent-pools': 'agent pool',
  environments: 'environment',
  'provider-configurations': 'provider configuration',
  roles: 'role',
  'service-accounts': 'service account',
  tags: 'tag',
  teams: 'team',
  users: 'user',
  variables: 'variable',
  webhooks: 'webhook',
  'workload-identity-providers': 'workload identity provider',
  workspaces: 'workspace',
}

const changeVerbs: Readonly<Record<string, string>> = { created: 'created', updated: 'updated', deleted: 'deleted' }

/** Former names of audit actions. Existing events keep them, because the audit log never changes. */
const renamed: Readonly<Record<string, string>> = {
  'notice-webhooks': 'webhooks',
  'sessions.proven': 'sessions.reauthenticated',
}

const currentName = (action: string): string => {
  const [resource = '', verb = ''] = action.split('.')
  return renamed[action] ?? `${renamed[resource] ?? resource}.${verb}`
}

const currentActions: readonly string[] = [
  'access-tokens.refused',
  ...Object.keys(predicates),
  ...Object.keys(resourceNames).flatMap((resource) => Object.keys(changeVerbs).map((verb) => `${resource}.${verb}`)),
]
const formerActions = Object.entries(renamed).flatMap(([former, current]) =>
  currentActions
    .filter((action) => action === current || action.startsWith(`${current}.`))
    .map((action) => action.replace(current, former)),
)

/** All actions with a description, including former names, for the action filter. */
export const knownActions: readonly string[] = [...currentActions, ...formerActions].sort()

export function sentenceOf(event: Pick<Event, 'action' | 'before' | 'after'>): Sentence {
  const { before, after } = event
  const action = currentName(event.action ?? '')
  const [resource = '', verb = ''] = action.split('.')
  const object = objectOf(before, after)
  if (action === 'access-tokens.refused') return { predicate: denial(after), object: null }
  const predicate =
    (action === 'accounts.updated' ? accountChange(after) : null) ??
    predicates[action] ??
    (resourceNames[resource] && changeVerbs[verb] ? `${changeVerbs[verb]} the ${resourceNames[resource]}` : null)
  if (predicate) return { predicate, object }
  // Relationship changes, and actions that are newer than this console.
  const [members, change] = /^(.+)-(added|removed|replaced)$/.exec(verb)?.slice(1) ?? []
  const target = resourceNames[resource] ?? spaced(resource)
  if (members && change) return { predicate: `${change} ${spaced(members)} of the ${target}`, object }
  return { predicate: `${spaced(verb)}: ${target}`, object }
}

/** Returns null if several settings were changed at once. */
function accountChange(after: Members | null | undefined): string | null {
  const names = Object.keys(after ?? {}).filter((name) => name !== 'confirmLockoutFrom')
  if (names.length > 0 && names.every((name) => name.startsWith('allowedIp')))
    return 'changed the allowed networks of the account'
  if (names.length !== 1) return null
  if (names[0] === 'requireSecondFactor')
    return after?.['requireSecondFactor']
      ? 'required a second factor in the account'
      : 'made the second factor optional'
  return (names[0] && accountChanges[names[0]]) ?? null
}

const accountChanges: Readonly<Record<string, string>> = {
  name: 'renamed the account to',
  ownerId: 'transferred the ownership of the account',
}

/** Such as "was denied (missing roles:create)". */
function denial(after: Members | null | undefined): string {
  const permission = textIn(after, 'permission')
  const reason = textIn(after, 'reason')
  const why = permission ? `missing ${permission}` : reason && reason !== 'forbidden' ? spaced(reason) : null
  return why ? `was denied (${why})` : 'was denied'
}

/** Such as "“ci” (…a1b2c3)": the name in quotes, and the last six characters of a token. */
function objectOf(before: Members | null | undefined, after: Members | null | undefined): string | null {
  const name =
    textIn(after, 'name') ??
    textIn(before, 'name') ??
    textIn(after, 'key', 'url', 'email', 'client') ??
    textIn(before, 'key', 'url', 'email')
  const last = textIn(after, 'lastCharacters') ?? textIn(before, 'lastCharacters')
  if (!last) return name && `“${name}”`
  return name ? `“${name}” (…${last})` : `…${last}`
}

const spaced = (name: string) =>
  name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll('-', ' ')
    .trim()
