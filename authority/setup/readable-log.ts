/** Log lines for people at a terminal. Other readers get the JSON lines. */
import { stripVTControlCharacters, styleText } from 'node:util'

const levels: Readonly<Record<number, readonly [string, 'dim' | 'green' | 'yellow' | 'red']>> = {
  10: ['TRACE', 'dim'],
  20: ['DEBUG', 'dim'],
  30: ['INFO', 'green'],
  40: ['WARN', 'yellow'],
  50: ['ERROR', 'red'],
  60: ['FATAL', 'red'],
}

interface Entry {
  readonly level: number
  readonly time: number
  readonly msg?: string
  readonly [member: string]: unknown
}

/** `12:00:01 INFO  request method=GET path=/api/iacp/v3/teams status=200 ms=3`. The time is UTC. */
export function readableLine(json: string): string {
  const { level, time, msg = '', ...members } = JSON.parse(json) as Entry
  const [name, color] = levels[level] ?? ['LOG', 'dim']
  const stream = process.stderr
  const details = Object.entries(members).map(([member, value]) => `${member}=${valueText(value)}`)
  const moment = styleText('dim', new Date(time).toISOString().slice(11, 19), { stream })
  return `${moment} ${styleText(color, name.padEnd(5), { stream })} ${[visible(msg), ...details].join(' ')}\n`
}

const valueText = (value: unknown) =>
  visible(typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value))

/** Values come from clients, and must not control the terminal. */
const visible = (text: string) => stripVTControlCharacters(text).replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd')
