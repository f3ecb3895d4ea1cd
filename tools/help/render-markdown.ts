/** Renders a Markdown page as the main part of a page in `/help`. */
import { Marked, type Tokens } from 'marked'
import { blockOf, createSlugger, type MarkdownPage, textOf } from '../docs/markdown-page.ts'
import { codeBlock, escapeHtml, scrollingTable } from './html.ts'
import { urlOfLink } from './page-urls.ts'

export function renderMarkdown(page: MarkdownPage): string {
  const nextId = createSlugger()
  let section = page.title
  let tables = 0
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        section = textOf(tokens)
        tables = 0
        const id = nextId(section)
        const anchor =
          depth === 1 ? '' : `<a class="anchor" href="#${id}" aria-label="Link to ${escapeHtml(section)}">#</a>`
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${anchor}</h${depth}>\n`
      },
      link({ href, tokens }) {
        const url = urlOfLink(page.path, href)
        const text = this.parser.parseInline(tokens)
        return url === undefined ? text : `<a href="${escapeHtml(url)}">${text}</a>`
      },
      image({ href, text }) {
        return `<img src="${escapeHtml(urlOfLink(page.path, href) ?? '')}" alt="${escapeHtml(text)}">`
      },
      code(token: Tokens.Code) {
        return `${codeBlock(blockOf(token).text)}\n`
      },
      table({ header, rows }) {
        const cells = (row: readonly Tokens.TableCell[]) => row.map(({ tokens }) => this.parser.parseInline(tokens))
        tables += 1
        const label = tables === 1 ? section : `${section}, table ${tables}`
        return `${scrollingTable(label, cells(header), rows.map(cells))}\n`
      },
      html({ text }) {
        return text.startsWith('<!--') ? '' : escapeHtml(text)
      },
    },
  })
  return marked.parser([...page.tokens])
}
