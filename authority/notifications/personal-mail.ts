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
  email: 'Your e-mail address was changed',
}

/** What a notice says as an e-mail. */
export function personalMail(email: string, { kind, at, data }: PersonalNotification): MailMessage {
  const details = JSON.parse(data) as Record<string, unknown>
  const time = `${at.slice(0, 16).replace('T', ' ')} UTC`
  if (kind === 'credentials.changed') {
    const what = changes[String(details.change)] ?? 'How you sign in was changed'
    return {
      to: email,
      subject: `${what} on Mintmark`,
      text: `${what} at ${time}, from the network address ${details.address ?? 'unknown'}. Your other sessions were ended.

If this was you, there is nothing to do. If not, ask an administrator of your Mintmark server at once: somebody can sign in as you.
`,
    }
  }
  const codes = Number(details.wrongCodes)
  return {
    to: email,
    subject: 'Failed attempts to sign in to Mintmark',
    text: `There were ${details.failures} failed attempts to sign in as you by ${time}, from ${[details.addresses].flat().join(', ') || 'unknown addresses'}.

${
  codes > 0
    ? `${codes} of them had the right password and a wrong code. Unless these were yours, change your password: somebody knows it.`
    : 'Your password was not guessed. If it is used elsewhere too, change it; a passkey cannot be guessed.'
}

You get this message at most once a day.
`,
  }
}
