/** Reads responses of other servers up to a limit, so that they cannot exhaust memory. */
export type Fetch = (url: string, options: RequestInit) => Promise<Response>

/** Returns the body as text; undefined if it is longer than `bytesMax`. Stops reading there. */
export async function readBody({ body }: Response, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > bytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
