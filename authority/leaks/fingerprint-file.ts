import { limits } from '@mintmark/contract'
import { fingerprintOf, fingerprintsHead } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { eachHashIn } from '../tokens/leaked.ts'

const fingerprintBytes = 12

/**
 * Returns the lines of a fingerprint file, which identifies the tokens of these accounts offline. The first line contains the
 * count, so all fingerprints (12 bytes each) are read first. They are sorted, which hides when each token was created.
 */
export async function fingerprintFile(
  { db, world, installation }: Pick<Context, 'db' | 'world' | 'installation'>,
  accounts: readonly string[],
): Promise<AsyncGenerator<string>> {
  const made = world.now().toISOString()
  const chunks: Buffer[] = []
  let count = 0
  for await (const hashes of eachHashIn(db, accounts)) {
    count += hashes.length
    if (count > limits.fingerprintsPerFile)
      throw new Refusal('conflict', {
        detail: `There are more than ${limits.fingerprintsPerFile} tokens. Use a token that is narrowed to fewer accounts.`,
      })
    chunks.push(Buffer.from(hashes.map(fingerprintOf).join(''), 'hex'))
    // Let other requests run in between.
    await new Promise(setImmediate)
  }
  return linesOf(fingerprintsHead({ issuer: installation.mark.text, made, count }), chunks)
}

async function* linesOf(head: string, chunks: readonly Buffer[]): AsyncGenerator<string> {
  yield head
  for (let first = 0; first < 256; first++) {
    const lines: string[] = []
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += fingerprintBytes)
        if (chunk[at] === first) lines.push(chunk.toString('hex', at, at + fingerprintBytes))
    }
    if (lines.length > 0) yield `${lines.sort().join('\n')}\n`
    await new Promise(setImmediate)
  }
}
