import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { id } from '../named.ts'
import { labelled, print, printJson, when } from '../print.ts'
import { wire } from '../wire.ts'

export function addTokenShow(parent: Command): void {
  clientCommand(parent, 'show', 'Show what is known of a token. The token itself is kept nowhere.')
    .argument('<id>', 'its id, or self for the token this is called with', id)
    .action(show)
}

async function show(accessToken: string, flags: ClientFlags): Promise<void> {
  const token = await (await openClient(flags)).call(accessTokens, 'show', { path: { accessToken } })
  if (flags.json) return printJson(wire(accessTokens, token))
  print(
    labelled([
      ['Id', token.id],
      ['Name', token.name],
      ['Description', token.description],
      ['Ends in', token.lastCharacters],
      ['Created', when(token.createdAt, '-')],
      ['Created by', token.createdById],
      ['Expires', when(token.expiresAt, 'never') + (token.isExpired ? ' (expired)' : '')],
      ['Last used', when(token.lastUsedAt, 'never')],
      ['Permissions', token.permissions?.join(', ') ?? 'all its owner has'],
      ['Scopes', token.scopes?.join(', ') ?? 'all its owner has'],
      ['Replaces', token.predecessorId],
      ['Replaced by', token.successorId],
    ]),
  )
}
