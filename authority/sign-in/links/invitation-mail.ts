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
  text: `${oneLine(by)} invites you to the account ${oneLine(account)}, where API tokens are made and kept in order.

Open this link to come in. It is yours alone, good once, and until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC:

${link}

If you expected no invitation, leave it be: nothing happens.
`,
})

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 100)
