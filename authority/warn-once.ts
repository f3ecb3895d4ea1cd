/** Returns a function that calls `warn` the first time that `applies` returns true. */
export function warnOnce<T>(applies: (value: T) => boolean, warn: () => void): (value: T) => void {
  let warned = false
  return (value) => {
    if (warned || !applies(value)) return
    warned = true
    warn()
  }
}
