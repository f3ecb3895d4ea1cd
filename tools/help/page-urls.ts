/** The addresses of Markdown pages in `/help`. */
import { targetOf } from '../docs/markdown-page.ts'

/** `docs/roles.md` becomes `/help/roles`, and pages outside `docs/` are below `/help/project`. */
export function urlOfPage(path: string): string {
  if (path === 'README.md') return '/help/project/readme'
  const inHelp = path.startsWith('docs/') ? path.slice('docs/'.length) : path.includes('/') ? path : `project/${path}`
  const name = inHelp.replace(/(?:^|\/)README\.md$|\.md$/, '').toLowerCase()
  return name === '' ? '/help' : `/help/${name}`
}

/** Returns the address of a link on a page. Undefined if it leads to a file that the server does not publish. */
export function urlOfLink(from: string, link: string): string | undefined {
  const target = targetOf(from, link)
  if (!target) return link
  const { path, anchor } = target
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (path === 'docs/reference') return '/docs'
  if (path.endsWith('.md')) return urlOfPage(path) + hash
  return path.startsWith('docs/images/') ? `/help/images/${path.slice('docs/images/'.length)}` : undefined
}
