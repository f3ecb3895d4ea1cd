/**
 * Creates `node_modules` in the copy of the repository that Stryker mutates. Installed packages are linked to the originals.
 * Links to workspaces are created again with the same relative target: a link to the original folder would make
 * `@mintmark/token` and `@mintmark/authority` the unchanged code, and every test that imports them would pass.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

function linkPackages(original: string, copy: string): void {
  mkdirSync(copy, { recursive: true })
  for (const name of readdirSync(original)) {
    const from = join(original, name)
    const to = join(copy, name)
    if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to)
    else if (hasLinks(from)) linkPackages(from, to)
    else symlinkSync(from, to, 'junction')
  }
}

/** Whether it is a scope folder with workspaces. */
const hasLinks = (folder: string): boolean =>
  folder.endsWith('@mintmark') && readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isSymbolicLink())

const [root = ''] = process.argv.slice(2)
for (const folder of ['.', ...readdirSync(process.cwd())]) {
  const original = join(root, folder, 'node_modules')
  if (existsSync(original)) linkPackages(original, join(process.cwd(), folder, 'node_modules'))
}
