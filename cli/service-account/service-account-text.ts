import type { Found } from '@mintmark/client'
import { serviceAccounts } from '@mintmark/contract'
import { when } from '../output/print.ts'
import { labelled } from '../output/table.ts'
import { toJson } from '../output/to-json.ts'

type ServiceAccount = Found<typeof serviceAccounts>

export const serviceAccountJson = (serviceAccount: ServiceAccount) => toJson(serviceAccounts, serviceAccount)

export function serviceAccountText(serviceAccount: ServiceAccount, policies: readonly string[]): string {
  return labelled([
    ['ID', serviceAccount.id],
    ['Name', serviceAccount.name],
    ['Email', serviceAccount.email],
    ['Description', serviceAccount.description],
    ['Status', serviceAccount.status],
    ['Account', serviceAccount.accountId],
    ['Owners', serviceAccount.owners?.join(', ')],
    ['Created', when(serviceAccount.createdAt, '-')],
    ['Policy', policies.join(', ')],
  ])
}
