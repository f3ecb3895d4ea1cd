/** Returns what warns the first time that it applies, and never again. */
export function warnOnce<T>(applies: (value: T) => boolean, warn: () => void): (value: T) => void {
  let warned = false
  return (value) => {
    if (warned || !applies(value)) return
    warned = true
    warn()
  }
}
