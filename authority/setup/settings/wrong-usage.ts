/** An invalid option, or an unusable object that it names: prints one line and exits with code 2. */
export class WrongUsage extends Error {
  override name = 'WrongUsage'
}
