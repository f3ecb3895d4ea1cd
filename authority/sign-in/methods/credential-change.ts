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
  /** Of a changed address: who had the old one is told too. */
  readonly previousEmail?: string
}

/** Tells a person that how they sign in was changed, in the transaction of the change. */
export function notifyCredentialChange(
  context: Pick<Context, 'db' | 'world' | 'request'>,
  userId: string,
  change: Change,
): Promise<void> {
  const { address } = context.request
  return notifyPerson(context, { kind: 'credentials.changed', userId, data: { ...change, address } })
}
