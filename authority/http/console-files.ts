/** Serves the built console, for browser requests to paths outside the API, and the pages of `/help` and `/docs`. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { basePath } from '@mintmark/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const builtConsole = join(import.meta.dirname, '../../console/dist')
const builtHelp = join(import.meta.dirname, '../../console/dist-help')

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** No inline scripts, no third-party content, no framing. */
const contentSecurityPolicy = (styles: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const headersFor = (styles: string) => ({
  'content-security-policy': contentSecurityPolicy(styles),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self)',
  'referrer-policy': 'no-referrer',
})

/** Mantine sets style attributes. */
const consoleHeaders = headersFor("'self' 'unsafe-inline'")
const helpHeaders = headersFor("'self'")

/** Compressed versions that the build writes beside each file, best first. */
const encodings = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
]

/** Paths of the API. An unknown path below them gets an API error instead of the console. */
const apiPaths =
  /^\/(?:api|auth|oauth|leaks|verify|feed|healthz|readyz|metrics|openapi-endpoints\.yml|\.well-known|v1)(?:[/?]|$)/

/** The documentation, which is sent to every client. */
const helpPath = /^(?:help|docs)(?:\/|$)/

export function mountConsole(app: FastifyInstance, folder = builtConsole, helpFolder = builtHelp): void {
  const files = openFiles(folder, consoleHeaders)
  const help = openFiles(helpFolder, helpHeaders)

  app.get('/*', async (request, reply) => {
    const name = (request.params as { '*': string })['*']
    if (helpPath.test(name)) {
      const found = [name, `${name.replace(/\/$/, '')}.html`].find(help.has)
      if (found) return help.send(request, reply, found)
      if (isNavigation(request) && help.has('help/not-found.html'))
        return help.send(request, reply.code(404), 'help/not-found.html')
      reply.callNotFound()
      return reply
    }
    if (files.has(name)) return files.send(request, reply, name)
    if (name === '' && !isNavigation(request)) return reply.type('text/plain; charset=utf-8').send(overview)
    if (apiPaths.test(request.url) || !isNavigation(request) || name.startsWith('assets/')) {
      reply.callNotFound()
      return reply
    }
    if (files.has('index.html')) return files.send(request, reply, 'index.html')
    return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
  })
}

/** The files of a build. They are listed once and kept in memory after the first request. */
function openFiles(folder: string, headers: Readonly<Record<string, string>>) {
  const names = new Set(existsSync(folder) ? filesIn(folder) : [])
  const kept = new Map<string, Promise<Buffer>>()
  const bytesOf = (name: string) => {
    const bytes = kept.get(name) ?? readFile(join(folder, name))
    kept.set(name, bytes)
    return bytes
  }
  return {
    has: (name: string) => names.has(name) && extname(name) in types,
    send: async (request: FastifyRequest, reply: FastifyReply, name: string) => {
      const accepted = String(request.headers['accept-encoding'] ?? '')
      const encoding = encodings.find((each) => accepts(accepted, each.name) && names.has(name + each.suffix))
      if (encoding) reply.header('content-encoding', encoding.name)
      return reply
        .headers(headers)
        .header('vary', 'accept-encoding')
        .header('cache-control', isHashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache')
        .type(types[extname(name)] ?? 'application/octet-stream')
        .send(await bytesOf(name + (encoding?.suffix ?? '')))
    },
  }
}

/** Files whose names contain a hash of their contents. */
const isHashed = /^(?:help\/)?assets\//

/** For people who open the address with a program such as curl. */
const overview = `Mintmark: API tokens

Console        /              in a browser
API            ${basePath}   with "Authorization: Bearer <token>"
API reference  /docs
Documentation  /help
Health         /healthz, /readyz
`

const notBuilt = 'The console has not been built. Run `npm start` to build it. The API works without it.\n'

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )

const isNavigation = ({ headers }: FastifyRequest) => String(headers.accept ?? '').includes('text/html')

/** RFC 9110 section 12.5.3: `q=0` means not acceptable. */
const accepts = (accepted: string, name: string) =>
  new RegExp(`(?:^|,)\\s*${name}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[^,]*)?(?:,|$)`).test(accepted)
