import type { Context } from '../../context.ts'
import { notifyPerson } from '../../notifications/notify.ts'

export type CredentialName =
  | 'password'
  | 'passkey-added'
  | 'passkey-removed'
  | 'one-time-passwords-on'
  | 'one-time-passwords-off'
  | 'recovery-codes'
  | 'email'

interface Change {
  readonly change: CredentialName
  readonly client?: string
  /** The address before a change of the email address. It gets the mail too. */
  readonly previousEmail?: string
}

/** Notifies a person of a change to their credentials, in the transaction of the change. */
export function notifyCredentialChange(
  context: Pick<Context, 'db' | 'world' | 'request'>,
  userId: string,
  change: Change,
): Promise<void> {
  const { address } = context.request
  return notifyPerson(context, { kind: 'credentials.changed', userId, data: { ...change, address } })
}
