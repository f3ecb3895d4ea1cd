import type { Found } from '@mintmark/client'
import { serviceAccounts } from '@mintmark/contract'
import { labelled, when } from '../print.ts'
import { toJson } from '../to-json.ts'

type ServiceAccount = Found<typeof serviceAccounts>

export const serviceAccountJson = (shown: ServiceAccount) => toJson(serviceAccounts, shown)

export function serviceAccountText(shown: ServiceAccount, policies: readonly string[]): string {
  return labelled([
    ['ID', shown.id],
    ['Name', shown.name],
    ['Email', shown.email],
    ['Description', shown.description],
    ['Status', shown.status],
    ['Account', shown.accountId],
    ['Owners', shown.owners?.join(', ')],
    ['Created', when(shown.createdAt, '-')],
    ['Policy', policies.join(', ')],
  ])
}
