/** Detects unknown `MINTMARK_…` variables. */
import { settings, variableOf } from './declarations.ts'

/** Variables of client commands and of the project's tests. */
const otherVariables = ['MINTMARK_TOKEN', 'MINTMARK_TOKEN_FILE', 'MINTMARK_URL', 'MINTMARK_PROFILE']
const testVariable = /^MINTMARK_TEST_/

const variables: readonly string[] = [
  ...Object.keys(settings).flatMap((name) => [variableOf(name), `${variableOf(name)}_FILE`]),
  ...otherVariables,
]

/**
 * Kubernetes gives every container in a namespace variables for each Service, as Docker links did: a Service named `mintmark`
 * becomes MINTMARK_PORT=tcp://10.96.7.7:8420, MINTMARK_SERVICE_HOST, MINTMARK_PORT_8420_TCP_ADDR and so on.
 */
export function isServiceVariable(variable: string, value: string): boolean {
  if (/_PORT$|_PORT_\d+_(?:TCP|UDP|SCTP)$/.test(variable) && /^(?:tcp|udp|sctp):\/\//.test(value)) return true
  return /_SERVICE_HOST$|_SERVICE_PORT(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)_(?:PROTO|PORT|ADDR)$/.test(variable)
}

/** Returns a warning for each unknown `MINTMARK_…` variable, with the closest known name. Values are never included. */
export function warnAboutUnknown(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith('MINTMARK_') && value !== undefined && !isKnown(name, value))
    .map(([name]) => `${name.slice(0, 100)} is not a known setting and is ignored${suggestionFor(name)}`)
    .toSorted()
}

const isKnown = (name: string, value: string) =>
  variables.includes(name) || testVariable.test(name) || isServiceVariable(name, value)

function suggestionFor(name: string): string {
  if (name.length > 100) return ''
  const [nearest] = variables
    .filter((known) => known.endsWith('_FILE') === name.endsWith('_FILE'))
    .map((known) => ({ known, distance: name.startsWith(`${known}_`) ? 1.5 : editDistance(name, known) }))
    .toSorted((one, other) => one.distance - other.distance)
  const isNear = nearest !== undefined && nearest.distance <= Math.max(2, (nearest.known.length - 9) / 3)
  return isNear ? `; did you mean ${nearest.known}?` : ''
}

/** The Levenshtein distance. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, with_] of [...other].entries())
      next.push(
        Math.min((row[j] as number) + Number(letter !== with_), (row[j + 1] as number) + 1, (next[j] as number) + 1),
      )
    row = next
  }
  return row[other.length] as number
}
