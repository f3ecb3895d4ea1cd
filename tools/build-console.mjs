// Builds the console if it is missing or out of date. Plain JavaScript, because it is imported by run.mjs, which any
// Node since version 20 must be able to run.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'console/dist')
/** Contains a hash of the sources of the build. Starts with a dot, so it is not served. */
const mark = join(built, '.sources')
const rooms = ['console', 'client', 'contract', 'token']
const notSources = /(?:^|[\\/])(?:dist|node_modules|screenshots)(?:[\\/]|$)|\.test\.tsx?$/

/** Hashes contents instead of times, because a checkout touches files without changing them. */
export function isConsoleBuilt() {
  try {
    return readFileSync(mark, 'utf8') === sources()
  } catch {
    return false
  }
}

function sources() {
  const hash = createHash('sha256')
  const files = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true }).map((name) => join(room, name)),
  )
  for (const file of [...files.sort(), 'package-lock.json', 'tools/build-console.mjs']) {
    if (!/\.\w+$/.test(file) || notSources.test(file)) continue
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/** Builds into a separate folder that then replaces the old one, so that concurrent builds do no harm. */
export async function buildConsole() {
  const made = sources()
  const outDir = `${built}.${process.pid}`
  const { build } = await import('vite')
  await build({
    root: join(root, 'console'),
    configFile: false,
    logLevel: 'error',
    plugins: [withoutServerParts],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: { polyfill: false },
      manifest: true,
      rolldownOptions: { output: { codeSplitting: { groups: chunkGroups } } },
    },
  })
  for (const name of readdirSync(outDir, { recursive: true })) compress(join(outDir, name))
  writeFileSync(join(outDir, '.sources'), made)
  rmSync(built, { recursive: true, force: true })
  try {
    renameSync(outDir, built)
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true })
    if (!isConsoleBuilt()) throw error
  }
}

/**
 * A page needs one chunk of what most pages use, and a few of what it shares with some. Without groups it would be up to 62
 * small ones. console/first-load.test.ts limits the number and the size.
 */
const chunkGroups = [
  { name: 'common', minShareCount: 9 },
  { name: 'shared', minShareCount: 5, entriesAware: true, entriesAwareMergeThreshold: 14_000 },
]

/** Removes from declarations what only the server and the documentation use. */
const withoutServerParts = {
  name: 'without-server-parts',
  transform(code, id) {
    if (!id.includes('/contract/resources/')) return null
    return code
      .replace(/\babout:\s+(?:'(?:[^'\\\n]|\\.)*'|`[^`]*`|"[^"\n]*")/g, "about: ''")
      .replace(/\b(?:audited: ['"][a-z-]+['"]|stepUp: (?:true|['"]unless-own['"])),?/g, '')
  },
}

function compress(file) {
  if (!/\.(?:css|html|js|svg)$/.test(file)) return
  const bytes = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  const params = { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url) && !isConsoleBuilt())
  await buildConsole()
