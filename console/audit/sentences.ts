/** Describes audit events as sentences without subject, such as "created the environment production". */
import type { Event } from './event-text.tsx'
import { changeVerbs, membershipTexts, resourceNames, texts } from './texts.ts'

interface Sentence {
  /** Follows the name of the actor. */
  readonly predicate: string
  /** The name or ID of the target; null if the sentence needs none. */
  readonly object: string | null
  /** Follows the target. */
  readonly tail: string
}

type Members = Readonly<Record<string, unknown>>
type Told = Pick<Event, 'action' | 'before' | 'after'> & Partial<Pick<Event, 'actorId' | 'subjectId' | 'subjectName'>>

/** Returns the name of the subject of an access policy, if it is known. */
export type NameOf = (id: string) => string | undefined

const textIn = (members: Members | null | undefined, ...names: readonly string[]): string | null => {
  const found = names.map((name) => members?.[name]).find((value) => typeof value === 'string' && value !== '')
  return (found as string | undefined) ?? null
}

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
  ...Object.keys(texts),
  ...Object.keys(resourceNames).flatMap((resource) => Object.keys(changeVerbs).map((verb) => `${resource}.${verb}`)),
  ...Object.keys(membershipTexts).flatMap((members) =>
    ['added', 'replaced', 'removed'].map((change) => `${members}-${change}`),
  ),
]
const formerActions = Object.entries(renamed).flatMap(([former, current]) =>
  currentActions
    .filter((action) => action === current || action.startsWith(`${current}.`))
    .map((action) => action.replace(current, former)),
)

/** All actions with a description, including former names, for the action filter. */
export const knownActions: readonly string[] = [...new Set([...currentActions, ...formerActions])].sort()

export function sentenceOf(event: Told, nameOf: NameOf = () => undefined): Sentence {
  const action = currentName(event.action ?? '')
  if (action === 'access-tokens.refused') return { predicate: denial(event.after), object: null, tail: '' }
  const text = textOf(action, event)
  const [before = '', after] = text.split('{}')
  const predicate = before.trim()
  if (after === undefined) return { predicate, object: null, tail: '' }
  return { predicate, object: objectOf(event, nameOf), tail: after.trim() }
}

/** Returns the text of an action, in which `{}` is the object. */
function textOf(action: string, event: Told): string {
  const [resource = '', verb = ''] = action.split('.')
  if (action === 'access-tokens.rotated' && event.after?.['revoked'] === true)
    return 'rotated the token {} and revoked the old one'
  if (action === 'sessions.deleted' && event.actorId === event.subjectId) return ownSessionText(event.after)
  const text = changeTexts[action]?.(event.after) ?? texts[action]
  if (text) return text
  const target = resourceNames[resource] ?? spaced(resource)
  const subject = policySubject(event)
  if (resource === 'access-policies' && changeVerbs[verb] && subject)
    return `${changeVerbs[verb]} the access policy for the ${subject.label} {}`
  if (resource === 'access-policies' && changeVerbs[verb] && event.subjectName)
    return `${changeVerbs[verb]} the access policy for {}`
  if (changeVerbs[verb]) return `${changeVerbs[verb]} the ${target} {}`
  const [, members, change] = /^(.+)-(added|removed|replaced)$/.exec(verb) ?? []
  const preposition = { added: 'to', removed: 'from', replaced: 'of' }[change ?? '']
  if (members && preposition) {
    const named = membershipTexts[`${resource}.${members}`] ?? spaced(members)
    return `${change} ${named} ${preposition} the ${target} {}`
  }
  // An action that is newer than this console.
  return `${spaced(verb)}: ${target} {}`
}

const ownSessionText = (after: Members | null | undefined) =>
  after?.['which'] ? 'ended their other sessions' : after?.['id'] ? 'ended one of their sessions' : 'signed out'

const policySubjects = [
  { key: 'teamId', type: 'teams', label: 'team' },
  { key: 'userId', type: 'users', label: 'user' },
  { key: 'serviceAccountId', type: 'service-accounts', label: 'service account' },
] as const

/** The subject of an access policy, if the event has it. */
export function policySubject({ before, after }: Pick<Event, 'before' | 'after'>) {
  for (const { key, type, label } of policySubjects) {
    const id = textIn(after, key) ?? textIn(before, key)
    if (id) return { id, type, label }
  }
  return null
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
  name: 'renamed the account to {}',
  ownerId: 'transferred the ownership of the account',
}

/** Returns null if several members were changed at once. */
function leakReportChange(after: Members | null | undefined): string | null {
  const [[name, value] = [], ...others] = Object.entries(after ?? {})
  if (others.length > 0) return null
  if (name === 'assigneeId') return value ? 'assigned the leak report {}' : 'unassigned the leak report {}'
  if (name === 'resolution') return value ? 'resolved the leak report {}' : 'reopened the leak report {}'
  return null
}

/** The texts of actions that depend on what was changed. */
const changeTexts: Readonly<Record<string, (after: Members | null | undefined) => string | null>> = {
  'accounts.updated': accountChange,
  'leak-reports.updated': leakReportChange,
}

/** Such as "was denied (missing roles:create)". */
function denial(after: Members | null | undefined): string {
  const permission = textIn(after, 'permission')
  const reason = textIn(after, 'reason')
  const why = permission ? `missing ${permission}` : reason && reason !== 'forbidden' ? spaced(reason) : null
  return why ? `was denied (${why})` : 'was denied'
}

/** Such as "“ci” (…a1b2c3)": the name in quotes, and the last six characters of a token. */
function objectOf(event: Told, nameOf: NameOf): string | null {
  const { before, after, subjectName } = event
  const policy = policySubject(event)
  const name = policy
    ? (nameOf(policy.id) ?? subjectName)
    : (textIn(after, 'name') ??
      textIn(before, 'name') ??
      textIn(after, 'key', 'url', 'email', 'client') ??
      textIn(before, 'key', 'url', 'email') ??
      subjectName ??
      nameOf(event.subjectId ?? ''))
  const last = textIn(after, 'lastCharacters') ?? textIn(before, 'lastCharacters')
  if (last) return name ? `“${name}” (…${last})` : `…${last}`
  if (name) return `“${name}”`
  const id = policy?.id ?? event.subjectId ?? null
  // The names of users are loaded after the events, and not all may be read. An ID in their place would flicker.
  return id?.startsWith('user-') ? null : id
}

const spaced = (name: string) =>
  name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll('-', ' ')
    .trim()
