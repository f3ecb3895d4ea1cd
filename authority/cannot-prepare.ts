/** The store is not empty, or what was asked for cannot be. One sentence for the operator. */
export class CannotPrepare extends Error {
  override name = 'CannotPrepare'
}
