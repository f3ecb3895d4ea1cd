/**
 * Shares one freshness check among all verdicts of one turn of the event loop. The check takes place after the turn has read
 * its requests, so it is never older than any of them: a token revoked before a request arrived is refused.
 */
export function sharedCheck(check: () => Promise<void> | undefined): () => Promise<void> {
  let pending: Promise<void> | undefined
  return () => {
    pending ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        pending = undefined
        try {
          resolve(check())
        } catch (error) {
          reject(error)
        }
      })
    })
    return pending
  }
}
