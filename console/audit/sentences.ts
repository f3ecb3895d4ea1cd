/** What an audit event says happened, as a sentence without its subject: "created the environment production". */
import type { Event } from './event-text.tsx'

interface Sentence {
  /** Follows the name of who did it. */
  readonly deed: string
  /** What it was done to, by the name it had; null where the deed says it all. */
  readonly object: string | null
}

type Members = Readonly<Record<string, unknown>>

const textIn = (members: Members | null | undefined, ...names: readonly string[]): string | null => {
  const found = names.map((name) => members?.[name]).find((value) => typeof value === 'string' && value !== '')
  return (found as string | undefined) ?? null
}

const known: Readonly<Record<string, string>> = {
  'access-tokens.minted': 'generated the token',
  'access-tokens.rotated': 'rotated the token',
  'access-tokens.limited': 'set an earlier end for the token',
  'access-tokens.updated': 'changed the token',
  'access-tokens.deleted': 'deleted the token',
  'access-tokens.refused': 'was refused with a token',
  'accounts.updated': 'changed the account',
  'accounts.user-invited': 'invited a person',
  'accounts.user-removed': 'removed a person from the account',
  'authorizations.granted': 'agreed to give a token to the program',
  'authorizations.exchanged': 'was given the token agreed to, in the program',
  'installation.prepared': 'set up this installation',
  'leak-reports.contained': 'contained a leak',
  'leak-reports.taken': 'took a report of a token that was found',
  'leak-rules.updated': 'changed what follows when a token is found',
  'webhooks.tested': 'tried the webhook',
  'webhooks.secret-rotated': 'made a new secret for the webhook',
  'one-time-links.created': 'made a one-time link',
  'one-time-passwords.begun': 'began to set up one-time passwords',
  'one-time-passwords.on': 'turned one-time passwords on',
  'one-time-passwords.off': 'turned one-time passwords off',
  'passkeys.created': 'added the passkey',
  'passkeys.deleted': 'removed a passkey',
  'recovery-codes.created': 'made new recovery codes',
  'security-rules.updated': 'changed the security rules',
  'service-accounts.assumed': 'became the service account',
  'sessions.created': 'signed in',
  'sessions.deleted': 'ended a session',
  'sessions.reauthenticated': 'proved to be there',
  'users.password-changed': 'changed their password',
  'workspaces.scheduled': 'set the schedule of the workspace',
}

const nouns: Readonly<Record<string, string>> = {
  'access-policies': 'access policy',
  'agent-pools': 'agent pool',
  environments: 'environment',
  webhooks: 'webhook',
  'provider-configurations': 'provider configuration',
  roles: 'role',
  'service-accounts': 'service account',
  tags: 'tag',
  teams: 'team',
  users: 'person',
  variables: 'variable',
  'workload-identity-providers': 'workload identity provider',
  workspaces: 'workspace',
}

/** The names that events had before they were renamed. Written events keep them: the audit log does not change. */
const renamed: Readonly<Record<string, string>> = {
  'notice-webhooks': 'webhooks',
  'sessions.proven': 'sessions.reauthenticated',
}

const currentName = (action: string): string => {
  const [noun = '', verb = ''] = action.split('.')
  return renamed[action] ?? `${renamed[noun] ?? noun}.${verb}`
}

const verbs: Readonly<Record<string, string>> = { created: 'created', updated: 'changed', deleted: 'deleted' }

const currentActions: readonly string[] = [
  ...Object.keys(known),
  ...Object.keys(nouns).flatMap((noun) => Object.keys(verbs).map((verb) => `${noun}.${verb}`)),
]
const formerActions = Object.entries(renamed).flatMap(([former, current]) =>
  currentActions
    .filter((action) => action === current || action.startsWith(`${current}.`))
    .map((action) => action.replace(current, former)),
)

/** For the choice of a filter: every action there are words for, also by its former name. */
export const knownActions: readonly string[] = [...currentActions, ...formerActions].sort()

export function sentenceOf(event: Pick<Event, 'action' | 'before' | 'after'>): Sentence {
  const { before, after } = event
  const action = currentName(event.action ?? '')
  const [noun = '', verb = ''] = action.split('.')
  const object =
    textIn(after, 'name') ??
    textIn(before, 'name') ??
    textIn(after, 'key', 'url', 'email', 'client', 'lastCharacters') ??
    textIn(before, 'key', 'url', 'email', 'lastCharacters')
  const deed = known[action] ?? (nouns[noun] && verbs[verb] ? `${verbs[verb]} the ${nouns[noun]}` : null)
  if (deed) return { deed, object }
  // Members that were added or taken away, and what is newer than this console.
  const [members, change] = /^(.+)-(added|removed|replaced)$/.exec(verb)?.slice(1) ?? []
  const of = nouns[noun] ?? spaced(noun)
  if (members && change) return { deed: `${change} ${spaced(members)} of the ${of}`, object }
  return { deed: `${spaced(verb)}: ${of}`, object }
}

const spaced = (name: string) =>
  name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll('-', ' ')
    .trim()
