import type { Secret } from '@mintmark/token'
import type { MailMessage } from '../../outbound/mail.ts'

interface RequestedChange {
  readonly to: string
  /** The current address. */
  readonly from: string
  readonly code: Secret
  readonly expiresAt: string
}

export const emailChangeMail = ({ to, from, code, expiresAt }: RequestedChange): MailMessage => ({
  to,
  subject: 'Confirm your email address for Mintmark',
  text: `The user ${from} wants to use this email address on Mintmark, which manages API tokens.

To confirm the change, enter this code in the console, under Profile, General. It works once, and expires at ${expiresAt.slice(0, 16).replace('T', ' ')} UTC:

${code.open()}

If you did not request this, ignore this message and do not pass on the code.
`,
})
