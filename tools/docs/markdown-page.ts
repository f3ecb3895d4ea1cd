/** Parses the Markdown pages of the repository: titles, anchors, links and code blocks. */
import { globSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { lexer, type Token, type Tokens, walkTokens } from 'marked'

export const root = join(import.meta.dirname, '../..')

export interface Block {
  /** The first word of the info string, such as `sh`. */
  readonly language: string
  /** The other words, such as `run`. */
  readonly marks: readonly string[]
  readonly text: string
}

export interface Heading {
  readonly depth: number
  readonly text: string
  /** The anchor that GitHub generates. */
  readonly id: string
}

export interface MarkdownPage {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string
  readonly title: string
  readonly headings: readonly Heading[]
  /** Targets of links and images, as written. */
  readonly links: readonly string[]
  readonly blocks: readonly Block[]
  readonly tokens: readonly Token[]
}

/** Returns all pages that a reader can reach: those of the root folder, `docs/`, `decisions/` and `.github/`. */
export function readMarkdownPages(): MarkdownPage[] {
  return globSync(['*.md', 'docs/**/*.md', 'decisions/*.md', '.github/*.md'], { cwd: root })
    .map((path) => path.replaceAll(sep, '/'))
    .toSorted()
    .map((path) => parseMarkdownPage(path, readFileSync(join(root, path), 'utf8')))
}

export function parseMarkdownPage(path: string, text: string): MarkdownPage {
  const tokens = lexer(text)
  const headings: Heading[] = []
  const links: string[] = []
  const blocks: Block[] = []
  const nextId = createSlugger()
  void walkTokens(tokens, (token) => {
    if (token.type === 'heading') {
      const { depth, tokens: inline = [] } = token as Tokens.Heading
      const plain = textOf(inline)
      headings.push({ depth, text: plain, id: nextId(plain) })
    }
    if (token.type === 'link' || token.type === 'image') links.push((token as Tokens.Link).href)
    if (token.type === 'code') blocks.push(blockOf(token as Tokens.Code))
  })
  return { path, title: headings[0]?.text ?? path, headings, links, blocks, tokens }
}

export function blockOf({ lang = '', text }: Tokens.Code): Block {
  const [language = '', ...marks] = lang.split(/\s+/)
  return { language, marks, text }
}

/** Returns the text of inline tokens without markup. */
export const textOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) =>
      'tokens' in token && token.tokens ? textOf(token.tokens) : unescapeHtml('text' in token ? token.text : ''),
    )
    .join('')

const unescapeHtml = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** Generates anchors as GitHub does: repeated ones get a number. */
export function createSlugger(): (text: string) => string {
  const used = new Map<string, number>()
  return (text) => {
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const count = used.get(slug) ?? 0
    used.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  }
}

/** Returns the path and anchor that a link on a page refers to, or undefined if it leaves the repository. */
export function targetOf(from: string, link: string): { path: string; anchor: string | undefined } | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined
  const [path = '', anchor] = link.split('#')
  const resolved = path === '' ? from : posix.join(posix.dirname(from), path)
  return { path: resolved.replace(/\/$/, ''), anchor }
}
