/** Sends mail by SMTP, if the operator configured it. Failures are reported and not retried. */
import type { Transporter } from 'nodemailer'

export interface MailSettings {
  /** `smtps://user:password@host`, or `smtp://…`, which requires STARTTLS unless the host is this machine. */
  readonly address: string
  readonly from: string
}

export interface MailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Resolves to whether the mail server accepted the message. */
export type SendMail = (message: MailMessage) => Promise<boolean>

const timeoutMilliseconds = 10_000

export function openMail({ address, from }: MailSettings, onFailure: (error: unknown) => void): SendMail {
  let transporter: Promise<Transporter> | undefined
  return async (message) => {
    try {
      transporter ??= connect(address)
      await (await transporter).sendMail({ from, ...message, disableFileAccess: true, disableUrlAccess: true })
      return true
    } catch (error) {
      onFailure(error)
      return false
    }
  }
}

// Loaded on first use: most processes never send mail.
async function connect(address: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, port, username, password } = new URL(address)
  const secure = protocol === 'smtps:'
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // Never send SMTP passwords and sign-in links over an unencrypted connection.
    requireTLS: !secure && !isLocal,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
  })
}
