/** Mail by SMTP, where the operator set it up. What could not be handed over is said, never tried again behind anybody's back. */
import type { Transporter } from 'nodemailer'

export interface MailSettings {
  /** `smtps://user:password@host`, or `smtp://…`, which turns to TLS before anything else unless the host is this machine. */
  readonly address: string
  readonly from: string
}

export interface MailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Whether the mail server took it. */
export type SendMail = (letter: MailMessage) => Promise<boolean>

const timeoutMilliseconds = 10_000

export function openMail({ address, from }: MailSettings, onFailure: (error: unknown) => void): SendMail {
  let transporter: Promise<Transporter> | undefined
  return async (letter) => {
    try {
      transporter ??= connect(address)
      await (await transporter).sendMail({ from, ...letter, disableFileAccess: true, disableUrlAccess: true })
      return true
    } catch (error) {
      onFailure(error)
      return false
    }
  }
}

// Loaded with the first letter: most processes never send one.
async function connect(address: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, port, username, password } = new URL(address)
  const secure = protocol === 'smtps:'
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // A password and a link that signs somebody in do not go over a wire that others can read.
    requireTLS: !secure && !isHere,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
  })
}
