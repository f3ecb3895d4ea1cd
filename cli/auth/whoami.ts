import { type Client, Refused } from '@mintmark/client'
import { accessTokens, accounts } from '@mintmark/contract'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson, when } from '../output/print.ts'
import { labelled } from '../output/table.ts'

export function addWhoami(parent: Command): void {
  clientCommand(parent, 'whoami', 'Show the current token and its owner.').action(whoami)
}

async function whoami(flags: ClientFlags): Promise<void> {
  const client = await openClient(flags)
  // Not in parallel with the others: an invalid token is then refused, and counted, once instead of three times.
  const token = await client.call(accessTokens, 'show', { path: { accessToken: 'self' } })
  const [{ ownerId, ownerType, username }, visible] = await Promise.all([
    client.introspectSelf(),
    visibleAccounts(client),
  ])
  const owner = { type: ownerType ?? 'unknown', id: ownerId, email: username?.includes('@') ? username : null }
  const { id, name = null, lastCharacters = null, expiresAt = null } = token
  if (flags.json) {
    const shown = { id, name, 'last-characters': lastCharacters, 'expires-at': expiresAt }
    return printJson({ host: client.address, owner, accounts: visible, token: shown })
  }
  const accountNames = visible?.map((account) => `${account.name} (${account.id})`).join(', ')
  print(
    labelled([
      ['Owner', `${owner.email ?? owner.type} (${ownerId})`],
      ['Type', owner.type.replaceAll('-', ' ')],
      ['Accounts', accountNames ?? 'not visible to this token'],
      ['Token', `${id}${name ? ` ${name}` : ''}, ending in ${lastCharacters}`],
      ['Expires', when(expiresAt, 'never')],
      ['Host', client.address],
    ]),
  )
}

/** Null if this token has no permission to list accounts. */
async function visibleAccounts(client: Client): Promise<{ id: string; name: string | null }[] | null> {
  try {
    return (await client.all(accounts, 'list')).map(({ id, name = null }) => ({ id, name }))
  } catch (error) {
    if (error instanceof Refused && (error.status === 403 || error.status === 404)) return null
    throw error
  }
}
