/** How an index finds rows by a text, without a search of the list. */
import type { RawBuilder, SqlBool } from 'kysely'

/** A condition that an index finds; `from` is read first. */
export type Lookup = { readonly from?: string; readonly where: RawBuilder<SqlBool> }

/** If any rows meet one of `exact`, no others are searched. */
export interface Lookups {
  exact(text: string): readonly Lookup[]
  beginning?(text: string): readonly Lookup[]
}
