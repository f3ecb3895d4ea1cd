import type { Found } from '@mintmark/client'
import { serviceAccounts } from '@mintmark/contract'
import { labelled, when } from '../print.ts'
import { wire } from '../wire.ts'

type ServiceAccount = Found<typeof serviceAccounts>

export const serviceAccountJson = (shown: ServiceAccount) => wire(serviceAccounts, shown)

export function serviceAccountWords(shown: ServiceAccount, policies: readonly string[]): string {
  return labelled([
    ['Id', shown.id],
    ['Name', shown.name],
    ['E-mail', shown.email],
    ['Description', shown.description],
    ['Status', shown.status],
    ['Account', shown.accountId],
    ['Owners', shown.owners?.join(', ')],
    ['Created', when(shown.createdAt, '-')],
    ['Policy', policies.join(', ')],
  ])
}
