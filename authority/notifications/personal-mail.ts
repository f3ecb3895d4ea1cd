import type { MailMessage } from '../outbound/mail.ts'

interface PersonalNotification {
  readonly kind: string
  readonly at: string
  readonly data: string
}

const changes: Readonly<Record<string, string>> = {
  password: 'Your password was changed',
  'passkey-added': 'A passkey was added',
  'passkey-removed': 'A passkey was removed',
  'one-time-passwords-on': 'One-time passwords were turned on',
  'one-time-passwords-off': 'One-time passwords were turned off',
  'recovery-codes': 'New recovery codes were created',
  email: 'Your email address was changed',
}

/** Builds the mail for a notification to a person. */
export function personalMail(email: string, { kind, at, data }: PersonalNotification): MailMessage {
  const details = JSON.parse(data) as Record<string, unknown>
  const time = `${at.slice(0, 16).replace('T', ' ')} UTC`
  if (kind === 'credentials.changed') {
    const title = changes[String(details['change'])] ?? 'Your sign-in methods were changed'
    return {
      to: email,
      subject: `${title} on Mintmark`,
      text: `${title} at ${time}, from the network address ${details['address'] ?? 'unknown'}. Your other sessions were ended.

If this was you, no action is needed. If not, contact an administrator of your Mintmark server immediately: another person may be able to sign in as you.
`,
    }
  }
  const codes = Number(details['wrongCodes'])
  return {
    to: email,
    subject: 'Failed attempts to sign in to Mintmark',
    text: `There were ${details['failures']} failed attempts to sign in as you by ${time}, from ${[details['addresses']].flat().join(', ') || 'unknown addresses'}.

${
  codes > 0
    ? `${codes} of them used the right password and a wrong code. If that was not you, another person knows your password. Change it immediately.`
    : 'Your password was not guessed. If you use it elsewhere too, change it. A passkey cannot be guessed.'
}

You get this message at most once a day.
`,
  }
}
