/** The one moment in which a token is shown. */
import type { Found } from '@mintmark/client'
import { accessTokens } from '@mintmark/contract'
import type { ClientFlags } from '../client-command.ts'
import { labelled, print, printJson, when } from '../print.ts'
import { Failed } from '../report-error.ts'
import { wire } from '../wire.ts'

export interface MintFlags extends ClientFlags {
  readonly quiet?: boolean
}

export function showMinted(minted: Found<typeof accessTokens>, { json, quiet }: MintFlags, replaced?: string): void {
  const { id, token, expiresAt } = minted
  if (!token) throw new Failed(`the server made ${id} without showing the token`, `mintmark token delete ${id}`)
  if (json) printJson(wire(accessTokens, minted))
  else if (quiet) print(token)
  else
    print(
      labelled([
        ['Token', token],
        ['', 'Save it now: it is shown this once and kept nowhere.'],
        ['Id', id],
        ['Expires', when(expiresAt, 'never')],
        ['Replaces', replaced],
      ]),
    )
}
