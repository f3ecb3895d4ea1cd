import { accessTokens } from '@mintmark/contract'
import type { Command } from 'commander'
import { id } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson, when } from '../output/print.ts'
import { labelled } from '../output/table.ts'
import { toJson } from '../output/to-json.ts'

export function addTokenShow(parent: Command): void {
  clientCommand(parent, 'show', "Show a token's details. The token itself is not stored.")
    .argument('<id>', 'ID, or self for the token that authenticates this command', id)
    .action(show)
}

async function show(accessToken: string, flags: ClientFlags): Promise<void> {
  const token = await (await openClient(flags)).call(accessTokens, 'show', { path: { accessToken } })
  if (flags.json) return printJson(toJson(accessTokens, token))
  print(
    labelled([
      ['ID', token.id],
      ['Name', token.name],
      ['Description', token.description],
      ['Last characters', token.lastCharacters],
      ['Created', when(token.createdAt, '-')],
      ['Created by', token.createdById],
      ['Expires', when(token.expiresAt, 'never') + (token.isExpired ? ' (expired)' : '')],
      ['Last used', when(token.lastUsedAt, 'never')],
      ['Permissions', token.permissions?.join(', ') ?? "all of its owner's"],
      ['Scopes', token.scopes?.join(', ') ?? "all of its owner's"],
      ['Replaces', token.predecessorId],
      ['Replaced by', token.successorId],
    ]),
  )
}
