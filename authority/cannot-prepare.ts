/** The store is not empty, or the requested initialization is invalid. The message is one sentence for the operator. */
export class CannotPrepare extends Error {
  override name = 'CannotPrepare'
}
