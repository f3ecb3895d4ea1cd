import { type Client, type Found, Refused } from '@mintmark/client'
import { accessPolicies, accessTokens, roles, serviceAccounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { findServiceAccountId } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson, when } from '../output/print.ts'
import { table } from '../output/table.ts'
import { toJson } from '../output/to-json.ts'
import { serviceAccountJson, serviceAccountText } from './service-account-text.ts'

export function addServiceAccountShow(parent: Command): void {
  clientCommand(parent, 'show', 'Show a service account, its access policies and its tokens.')
    .argument('<name or ID>')
    .action(show)
}

async function show(nameOrId: string, flags: ClientFlags): Promise<void> {
  const client = await openClient(flags)
  const id = await findServiceAccountId(client, nameOrId)
  const path = { serviceAccount: id }
  const serviceAccount = await client.call(serviceAccounts, 'show', { path })
  const [policies, tokens] = await Promise.all([
    ifAllowed(client.all(accessPolicies, 'list', { filters: { serviceAccount: id } })),
    ifAllowed(client.all(accessTokens, 'listOfServiceAccount', { path })),
  ])
  if (flags.json)
    return printJson({
      ...serviceAccountJson(serviceAccount),
      'access-policies': policies?.map((policy) => toJson(accessPolicies, policy)) ?? null,
      tokens: tokens?.map((token) => toJson(accessTokens, token)) ?? null,
    })
  print(serviceAccountText(serviceAccount, []))
  print(`\nAccess policies\n${policies ? await policiesText(client, policies) : notVisible}`)
  print(`\nTokens\n${tokens ? tokensText(tokens) : notVisible}`)
}

const notVisible = 'Not visible to this token.'

/** Null if this token has no permission to read them. */
async function ifAllowed<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Refused && (error.status === 403 || error.status === 404)) return null
    throw error
  }
}

async function policiesText(client: Client, policies: readonly Found<typeof accessPolicies>[]): Promise<string> {
  const named = policies.length > 0 ? ((await ifAllowed(client.all(roles, 'list'))) ?? []) : []
  const nameOf = new Map(named.map(({ id, name }) => [id, name ?? id]))
  const rows = policies.map((policy) => [
    policy.id,
    policy.roles?.map((id) => nameOf.get(id) ?? id).join(', '),
    policy.workspaceId ?? policy.environmentId ?? policy.accountId,
  ])
  return table(['ID', 'ROLES', 'SCOPE'], rows, 'None. Requests with its tokens are refused.')
}

const tokensText = (tokens: readonly Found<typeof accessTokens>[]) =>
  table(
    ['ID', 'NAME', 'LAST CHARACTERS', 'EXPIRES', 'LAST USED'],
    tokens.map(({ id, name, lastCharacters, expiresAt, lastUsedAt }) => [
      id,
      name,
      lastCharacters,
      when(expiresAt, 'never'),
      when(lastUsedAt, 'never'),
    ]),
    'None.',
  )
