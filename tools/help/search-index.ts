/** Entries of the search: one for each section of a Markdown page. */
import type { Token, Tokens } from 'marked'
import { createSlugger, type MarkdownPage, textOf } from '../docs/markdown-page.ts'
import { urlOfPage } from './page-urls.ts'

interface Entry {
  title: string
  place: string
  url: string
  text: string
}

const depthMax = 3

export function searchableSections({ path, title, tokens }: MarkdownPage): Entry[] {
  const nextId = createSlugger()
  const entries: Entry[] = []
  for (const token of tokens) {
    const last = entries.at(-1)
    if (token.type !== 'heading') {
      if (last) last.text += ` ${plain(token)}`
      continue
    }
    const { depth, tokens: inline = [] } = token as Tokens.Heading
    const text = textOf(inline)
    const id = nextId(text)
    if (depth > depthMax) continue
    entries.push({
      title: text,
      place: depth === 1 ? 'Help' : title,
      url: urlOfPage(path) + (depth === 1 ? '' : `#${id}`),
      text: '',
    })
  }
  return entries
}

/** The source without the characters of the markup is good enough to search in. */
const plain = ({ raw }: Token) =>
  raw
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[`*|[\]#>-]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
