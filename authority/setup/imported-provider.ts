import { builtInProviderId } from '../identity/identity-providers/identity-provider-view.ts'
import type { ImportedObject } from './import-resources.ts'

/**
 * Finds the default identity provider of each imported account: the one that the account names, else the provider of
 * type `scalr` that names the account, else one of that type that names no account, else the built-in one.
 */
export function importedProviders(loaded: readonly ImportedObject[]): (account: string) => string {
  const own = loaded.filter(({ type, values }) => type === 'identity-providers' && values['idpType'] === 'scalr')
  const linked = new Map(own.map(({ id, values }) => [values['accountId'], id]))
  const shared = own.find(({ values }) => !values['accountId'])?.id ?? builtInProviderId
  const accounts = loaded.filter(({ type }) => type === 'accounts')
  const named = new Map(accounts.map(({ id, values }) => [id, values['identityProviderId'] as string | undefined]))
  return (account) => named.get(account) ?? linked.get(account) ?? shared
}
