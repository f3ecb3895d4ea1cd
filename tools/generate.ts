/** Writes the generated files; with `--check` it exits with 1 if any of them is out of date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { endpointOpenApiDocument, limitsPage, openApiDocument } from '@mintmark/contract'
import { manPage } from './cli-reference/man-page.ts'
import { cliReferencePage } from './cli-reference/reference-page.ts'
import { decisionIndex } from './decision-index.ts'
import { configurationPage } from './docs/configuration-page.ts'
import { indexPage } from './docs/contents.ts'
import { errorsPage } from './docs/errors-page.ts'
import { permissionsPage } from './docs/permissions-page.ts'
import { pictureFiles } from './docs/pictures.ts'
import { architecturePage } from './draw-architecture.ts'

const root = join(import.meta.dirname, '..')
const generated: Record<string, () => string | Promise<string>> = {
  'docs/reference/openapi-public.yml': openApiDocument,
  'docs/reference/openapi-endpoints.yml': endpointOpenApiDocument,
  'docs/reference/cli.md': cliReferencePage,
  'man/mintmark.1': manPage,
  'docs/limits.md': limitsPage,
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/permissions.md': permissionsPage,
  'docs/README.md': indexPage,
  'decisions/README.md': decisionIndex,
  'ARCHITECTURE.md': architecturePage,
  ...pictureFiles,
}

const check = process.argv.includes('--check')
const differing: string[] = []
for (const [path, make] of Object.entries(generated)) {
  const file = join(root, path)
  const text = await make()
  if (read(file) === text) continue
  differing.push(path)
  if (check) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
for (const path of differing) console.log(check ? `${path} differs: run npm run generate` : `${path} written`)
process.exitCode = check && differing.length > 0 ? 1 : 0

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
