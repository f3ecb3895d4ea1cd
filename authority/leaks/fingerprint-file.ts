import { limits } from '@mintmark/contract'
import { fingerprintOf, fingerprintsHead } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { eachHashIn } from '../tokens/leaked.ts'

const bytesOfOne = 12

/**
 * By this file tokens of these accounts are known for genuine where nobody can be asked. It is gathered whole before
 * its first line says how many they are, twelve bytes for each, and is told in order, which hides when each was minted.
 */
export async function fingerprintFile(
  { db, world, installation }: Pick<Context, 'db' | 'world' | 'installation'>,
  accounts: readonly string[],
): Promise<AsyncGenerator<string>> {
  const made = world.now().toISOString()
  const gathered: Buffer[] = []
  let count = 0
  for await (const hashes of eachHashIn(db, accounts)) {
    count += hashes.length
    if (count > limits.fingerprintsPerFile)
      throw new Refusal('conflict', {
        detail: `There are more than ${limits.fingerprintsPerFile} tokens. Ask with a token that is narrowed to fewer accounts.`,
      })
    gathered.push(Buffer.from(hashes.map(fingerprintOf).join(''), 'hex'))
    // Others are answered in between.
    await new Promise(setImmediate)
  }
  return linesOf(fingerprintsHead({ issuer: installation.mark.text, made, count }), gathered)
}

async function* linesOf(head: string, gathered: readonly Buffer[]): AsyncGenerator<string> {
  yield head
  for (let first = 0; first < 256; first++) {
    const lines: string[] = []
    for (const some of gathered) {
      for (let at = 0; at < some.length; at += bytesOfOne)
        if (some[at] === first) lines.push(some.toString('hex', at, at + bytesOfOne))
    }
    if (lines.length > 0) yield `${lines.sort().join('\n')}\n`
    await new Promise(setImmediate)
  }
}
