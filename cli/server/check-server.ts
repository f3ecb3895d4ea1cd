/** Checks a running server through its public endpoints. */
import { connect } from 'node:tls'
import type { Check } from '@mintmark/authority'
import { now } from '../world.ts'

const timeoutMilliseconds = 10_000
/** The resolution of the Date header, and the tolerance between the clocks of nodes. */
const clockMillisecondsMax = 3_000
const dayMilliseconds = 86_400_000
const soonDays = 14

export async function checkServer(address: string): Promise<Check[]> {
  const certificate = address.startsWith('https:') ? [await checkCertificate(address)] : []
  try {
    const before = now().getTime()
    const ready = await fetch(`${address}/readyz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    const text = (await ready.text()).trim().slice(0, 200)
    return [
      { name: 'Server', status: 'ok', detail: address },
      readiness(ready.status, text),
      clock(ready, before),
      ...certificate,
    ]
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
    return [
      {
        name: 'Server',
        status: 'failed',
        detail: `${address} cannot be reached (${cause?.code ?? cause?.message ?? message})`,
      },
      ...certificate,
    ]
  }
}

function readiness(status: number, text: string): Check {
  if (status === 200) return { name: 'Ready', status: 'ok', detail: 'the database responds and is current' }
  const reason = text === '' ? '' : `: ${text}`
  return { name: 'Ready', status: 'failed', detail: `/readyz responds with ${status}${reason}` }
}

function clock({ headers }: Response, before: number): Check {
  const after = now().getTime()
  const server = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(server)) return { name: 'Clock', status: 'warning', detail: 'the server sends no time' }
  const difference = Math.max(before - server, server - after, 0)
  const seconds = Math.round(difference / 1_000)
  return difference > clockMillisecondsMax
    ? { name: 'Clock', status: 'failed', detail: `differs from the server by ${seconds} s` }
    : { name: 'Clock', status: 'ok', detail: 'agrees with the server' }
}

/** The certificate is checked for its expiry even if this machine does not trust it. */
function checkCertificate(address: string): Promise<Check> {
  const { hostname, port } = new URL(address)
  const host = hostname.replace(/^\[|\]$/g, '')
  const name = 'Certificate'
  return new Promise((done) => {
    const failed = (reason: string) => done({ name, status: 'failed', detail: reason })
    const socket = connect({
      host,
      port: Number(port || 443),
      rejectUnauthorized: false,
      timeout: timeoutMilliseconds,
      ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
    })
    socket.once('error', (error: NodeJS.ErrnoException) => failed(`cannot be read (${error.code ?? error.message})`))
    socket.once('timeout', () => {
      failed('cannot be read (timeout)')
      socket.destroy()
    })
    socket.once('secureConnect', () => {
      done(expiry(socket.getPeerCertificate().valid_to))
      socket.destroy()
    })
  })
}

/** `until` is a time in the format of OpenSSL. */
export function expiry(until: string, at = now()): Check {
  const days = Math.floor((Date.parse(until) - at.getTime()) / dayMilliseconds)
  const day = new Date(until).toISOString().slice(0, 10)
  if (days < 0) return { name: 'Certificate', status: 'failed', detail: `expired on ${day}` }
  return {
    name: 'Certificate',
    status: days < soonDays ? 'warning' : 'ok',
    detail: `expires on ${day}, in ${days} days`,
  }
}
