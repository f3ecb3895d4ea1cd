import type { MailMessage } from '../../outbound/mail.ts'

interface Invited {
  readonly to: string
  readonly account: string
  readonly by: string
  readonly link: string
  readonly expiresAt: string
}

export const invitationMail = ({ to, account, by, link, expiresAt }: Invited): MailMessage => ({
  to,
  subject: `You are invited to ${oneLine(account)} on Mintmark`,
  text: `${oneLine(by)} invited you to the account ${oneLine(account)} on Mintmark, which manages API tokens.

Open this link to accept the invitation. It is personal, works once, and expires at ${expiresAt.slice(0, 16).replace('T', ' ')} UTC:

${link}

If you did not expect this invitation, you can ignore this message.
`,
})

export const resetMail = ({ to, account, by, link, expiresAt }: Invited): MailMessage => ({
  to,
  subject: 'Your sign-in to Mintmark was reset',
  text: `${oneLine(by)}, an administrator of the account ${oneLine(account)} on Mintmark, reset your sign-in. You were signed out everywhere.

Open this link to choose how you sign in from now on. It replaces your passkeys, password and authenticator app, works once, and expires at ${expiresAt.slice(0, 16).replace('T', ' ')} UTC:

${link}

If you did not ask for this, contact the administrator before you open the link. Until then, your current sign-in methods keep working.
`,
})

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 100)
