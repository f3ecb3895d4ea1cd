/** Builds the static pages of `/help` and `/docs` into a folder. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'vite'
import { contents } from '../docs/contents.ts'
import { type MarkdownPage, readMarkdownPages, root } from '../docs/markdown-page.ts'
import { referencePages, searchableOperations } from './api/reference-pages.ts'
import { urlOfPage } from './page-urls.ts'
import { renderMarkdown } from './render-markdown.ts'
import { searchableSections } from './search-index.ts'
import { type Assets, type NavigationGroup, type Page, renderPage } from './shell.ts'

export async function buildHelp(outDir: string): Promise<void> {
  const assets = await buildAssets(outDir)
  const write = (path: string, text: string) => {
    const file = join(outDir, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const markdown = readMarkdownPages().filter(({ path }) => !path.startsWith('.github/'))
  const listed = new Set(contents().flatMap(({ entries }) => entries.map(({ path }) => path)))
  for (const page of [...helpPages(markdown), notFound(), ...referencePages()])
    write(`${page.url.slice(1)}.html`, renderPage(page, assets))
  const sections = markdown.filter(({ path }) => listed.has(path)).flatMap(searchableSections)
  write('help/search.json', JSON.stringify([...sections, ...searchableOperations()]))
  mkdirSync(join(outDir, 'help/images'), { recursive: true })
  for (const name of readdirSync(join(root, 'docs/images')))
    copyFileSync(join(root, 'docs/images', name), join(outDir, 'help/images', name))
}

function navigation(): NavigationGroup[] {
  const groups = contents().map(({ title, entries }) => ({
    title,
    links: entries.map((entry) => ({ title: entry.title, url: urlOfPage(entry.path) })),
  }))
  return [{ title: 'Documentation', links: [{ title: 'Overview', url: '/help' }] }, ...groups]
}

export const helpPages = (pages: readonly MarkdownPage[]): Page[] =>
  pages.map((page) => ({
    url: urlOfPage(page.path),
    title: page.title,
    main: renderMarkdown(page),
    navigation: navigation(),
    sections: page.headings.filter(({ depth }) => depth === 2).map(({ text, id }) => ({ title: text, url: `#${id}` })),
  }))

/** Sent with status 404 for an unknown path below `/help` and `/docs`. */
const notFound = (): Page => ({
  url: '/help/not-found',
  title: 'Page not found',
  main: '<h1>Page not found</h1>\n<p>Search, or choose a page. <a href="/help">All pages of the documentation</a></p>',
  navigation: navigation(),
})

/** Returns the addresses of the script and its styles, which contain a hash. */
async function buildAssets(outDir: string): Promise<Assets> {
  await build({
    root: join(root, 'console/help'),
    base: '/help/',
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: join(outDir, 'help'),
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      rolldownOptions: { input: ['main.ts', 'help.css'].map((name) => join(root, 'console/help', name)) },
    },
  })
  const file = join(outDir, 'help/manifest.json')
  const manifest: Record<string, { file: string }> = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(file)
  const addressOf = (name: string) => `/help/${manifest[name]?.file}`
  return { script: addressOf('main.ts'), style: addressOf('help.css') }
}
