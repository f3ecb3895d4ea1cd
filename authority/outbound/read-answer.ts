/** What other servers answer is read only so far: they decide what they send, not how much memory it takes. */
export type Fetch = (url: string, options: RequestInit) => Promise<Response>

/** The body as text; undefined when it is longer than `bytesMax`, of which no more than that is read. */
export async function readAnswer({ body }: Response, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > bytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
