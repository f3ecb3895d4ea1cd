/** Prints a token after it was created, the only time that the server returns it. */
import type { Found } from '@mintmark/client'
import { accessTokens } from '@mintmark/contract'
import type { ClientFlags } from '../client-command.ts'
import { print, printJson, when } from '../output/print.ts'
import { labelled } from '../output/table.ts'
import { toJson } from '../output/to-json.ts'
import { Failed } from '../report-error.ts'

export interface MintFlags extends ClientFlags {
  readonly quiet?: boolean
}

export function showMinted(minted: Found<typeof accessTokens>, { json, quiet }: MintFlags, replaced?: string): void {
  const { id, token, expiresAt } = minted
  if (!token)
    throw new Failed(`the server created ${id} but did not return the token`, `Run mintmark token delete ${id}`)
  if (json) printJson(toJson(accessTokens, minted))
  else if (quiet) print(token)
  else
    print(
      labelled([
        ['Token', token],
        ['', "Save it now; it won't be shown again."],
        ['ID', id],
        ['Expires', when(expiresAt, 'never')],
        ['Replaces', replaced],
      ]),
    )
}
