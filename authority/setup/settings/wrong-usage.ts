/** A bad option, or something it names that cannot be used: one clear line, exit 2. */
export class WrongUsage extends Error {
  override name = 'WrongUsage'
}
