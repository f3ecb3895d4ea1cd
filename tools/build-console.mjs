// Builds the console, and the pages of /help and /docs, if they are missing or out of date. Plain JavaScript, because it is imported by run.mjs, which any
// Node since version 20 must be able to run.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'console/dist')
/** Files with a hash of the sources of a build. They start with a dot, so they are not served. */
const mark = join(built, '.sources')
const rooms = ['console', 'client', 'contract', 'token']
const builtHelp = join(root, 'console/dist-help')
const helpMark = join(builtHelp, '.sources')
const helpRooms = ['docs', 'decisions', 'contract', 'console/help', 'tools/help', 'tools/docs']
const notSources = /(?:^|[\\/])(?:dist[^\\/]*|node_modules|screenshots)(?:[\\/]|$)|\.test\.tsx?$/

/** Hashes contents instead of times, because a checkout touches files without changing them. */
export const isConsoleBuilt = () => isUpToDate(mark, sources) && isUpToDate(helpMark, helpSources)

function isUpToDate(file, hash) {
  try {
    return readFileSync(file, 'utf8') === hash()
  } catch {
    return false
  }
}

function sources() {
  return hashOf([...filesIn(rooms), 'package-lock.json', 'tools/build-console.mjs'])
}

function helpSources() {
  const pages = readdirSync(root).filter((name) => name.endsWith('.md'))
  return hashOf([...filesIn(helpRooms), ...pages, 'package-lock.json', 'tools/build-console.mjs'])
}

const filesIn = (folders) =>
  folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)))

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files.toSorted()) {
    if (!/\.\w+$/.test(file) || notSources.test(file)) continue
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

export async function buildConsole() {
  const { build } = await import('vite')
  await replaceBuilt(built, sources, (outDir) =>
    build({
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
    }),
  )
}

async function buildDocumentation() {
  const { buildHelp } = await import('./help/build-help.ts')
  await replaceBuilt(builtHelp, helpSources, buildHelp)
}

/** Builds into a separate folder that then replaces the old one, so that concurrent builds do no harm. */
async function replaceBuilt(folder, hash, build) {
  const made = hash()
  removeAbandoned(folder)
  const outDir = `${folder}.${process.pid}`
  await build(outDir)
  for (const name of readdirSync(outDir, { recursive: true })) compress(join(outDir, name))
  writeFileSync(join(outDir, '.sources'), made)
  rmSync(folder, { recursive: true, force: true })
  try {
    renameSync(outDir, folder)
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true })
    if (!isUpToDate(join(folder, '.sources'), hash)) throw error
  }
}

/** Removes what interrupted builds left. */
function removeAbandoned(folder) {
  for (const name of readdirSync(dirname(folder))) {
    const [, builder] = /\.(\d+)$/.exec(name) ?? []
    if (!builder || !name.startsWith(`${basename(folder)}.`) || isRunning(Number(builder))) continue
    rmSync(join(dirname(folder), name), { recursive: true, force: true })
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * A page needs one chunk of what most pages use, and a few of what it shares with some. Without groups it would be up to 62
 * small ones. console/first-load.test.ts limits the number and the size.
 */
const chunkGroups = [
  { name: 'common', minShareCount: 10 },
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
  if (!/\.(?:css|html|js|json|svg)$/.test(file)) return
  const bytes = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  const params = { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (!isUpToDate(mark, sources)) await buildConsole()
  if (!isUpToDate(helpMark, helpSources)) await buildDocumentation()
}
