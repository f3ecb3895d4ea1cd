/**
 * Sends requests that Schemathesis generates from the two served OpenAPI documents to a real server, and fails on every
 * response that the documents do not describe: a 500, an undocumented status or content type, or a body that does not
 * match its schema. Objects exist for every path parameter, so that requests do not stop at a 404. Flags are passed on
 * to Schemathesis, such as `npm run fuzz-api -- --max-examples 100`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { basePath, openApiPath, resourceByType } from '@mintmark/contract'
import { startEverything } from '../testing/everything.ts'

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]
// These delete objects that other requests use, or revoke the caller's access.
const destructive = ['delete_.*', '.*remove.*', 'update_account', 'update_service_account', 'contain_.*']

async function fuzz(flags: string[]): Promise<number> {
  if (spawnSync('schemathesis', ['--version']).status !== 0) {
    process.stderr.write('Schemathesis is missing. Install it from PyPI: pip install schemathesis\n')
    return 2
  }
  const ended: (() => unknown)[] = []
  const { authority, ids, tokens } = await startEverything({
    after: (end?: unknown) => void ended.push(end as () => unknown),
  })
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-fuzz-'))
  try {
    const address = await authority.app.server.listen({ host: '127.0.0.1', port: 0 })
    const config = join(folder, 'schemathesis.toml')
    writeFileSync(config, configuration(ids))
    const run = (document: string, base: string, ...more: string[]) =>
      finished(
        folder,
        '--config-file',
        config,
        'run',
        address + document,
        '--url',
        address + base,
        '--header',
        `Authorization: Bearer ${tokens.owner}`,
        // Sent as by the console, because the sign-in endpoints otherwise refuse before they read the body.
        '--header',
        'X-Mintmark-Console: 1',
        '--checks',
        checks.join(','),
        '--phases',
        'coverage,fuzzing',
        '--continue-on-failure',
        '--warnings',
        'off',
        ...more,
        ...flags,
      )
    const pattern = `^(${destructive.join('|')})$`
    const codes = [
      await run('/openapi-endpoints.yml', ''),
      await run(openApiPath, basePath, '--exclude-operation-id-regex', pattern),
      await run(openApiPath, basePath, '--include-operation-id-regex', pattern),
    ]
    return Math.max(...codes)
  } finally {
    for (const end of ended.reverse()) await end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The ID of an existing object for each path parameter. */
function configuration(ids: Readonly<Record<string, string>>): string {
  const lines = [...resourceByType.values()].flatMap(({ type, param }) =>
    ids[type] ? [`"path.${param}" = ${JSON.stringify(ids[type])}`] : [],
  )
  return `[parameters]\n${lines.join('\n')}\n`
}

/** Runs in this folder, because Schemathesis stores its results in the working directory. */
function finished(folder: string, ...args: string[]): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn('schemathesis', args, { stdio: 'inherit', cwd: folder })
    child.once('error', failed)
    child.once('close', (code) => done(code ?? 1))
  })
}

process.exitCode = await fuzz(process.argv.slice(2))
