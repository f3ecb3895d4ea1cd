/** The frame of every page of `/help` and `/docs`: header, search, sidebar. */
import { escapeHtml, withCode } from './html.ts'

export interface Assets {
  readonly script: string
  readonly style: string
}

export interface NavigationGroup {
  readonly title: string
  readonly links: readonly { readonly title: string; readonly url: string }[]
}

export interface Page {
  readonly url: string
  readonly title: string
  /** HTML. */
  readonly main: string
  readonly navigation: readonly NavigationGroup[]
  /** Links within the current page. */
  readonly sections?: NavigationGroup['links']
}

const areas = [
  { url: '/help', title: 'Help' },
  { url: '/docs', title: 'API' },
  { url: '/', title: 'Console' },
]

export function renderPage(page: Page, { script, style }: Assets): string {
  const { url, title, main } = page
  const isIn = (area: string) => url === area || url.startsWith(`${area}/`)
  return `<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Mintmark</title>
<script type="module" src="${script}" blocking="render"></script>
<link rel="stylesheet" href="${style}">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<button type="button" id="menu" aria-expanded="false" aria-controls="navigation">Menu</button>
<span class="brand">Mintmark</span>
<nav aria-label="Areas">
${areas.map((area) => `<a href="${area.url}"${area.url !== '/' && isIn(area.url) ? ' aria-current="true"' : ''}>${area.title}</a>`).join('\n')}
</nav>
<search>
<label class="hidden" for="search">Search the documentation</label>
<input id="search" type="search" placeholder="Search (press /)" autocomplete="off">
<ul id="results" hidden></ul>
<span id="search-status" class="hidden" role="status"></span>
</search>
<button type="button" id="theme" hidden></button>
</header>
<div class="frame">
<nav id="navigation" aria-label="Pages">
${page.navigation.map((group) => renderGroup(group, page)).join('\n')}
</nav>
<main id="content" tabindex="-1">
${main}
${renderNeighbors(page)}
</main>
</div>
</body>
</html>
`
}

function renderGroup({ title, links }: NavigationGroup, { url, sections = [] }: Page): string {
  const items = links.map((link) => {
    const isCurrent = link.url === url
    const inside = isCurrent && sections.length > 0 ? `\n<ul>${sections.map(renderLink).join('')}</ul>` : ''
    return `<li><a href="${link.url}"${isCurrent ? ' aria-current="page"' : ''}>${escapeHtml(link.title)}</a>${inside}</li>`
  })
  return `<h2>${escapeHtml(title)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`
}

const renderLink = ({ title, url }: NavigationGroup['links'][number]) =>
  `<li><a href="${url}">${withCode(title)}</a></li>`

/** Links to the previous and the next page of the sidebar. */
function renderNeighbors({ url, navigation }: Page): string {
  const links = navigation.flatMap((group) => group.links)
  const at = links.findIndex((link) => link.url === url)
  if (at < 0) return ''
  const [previous, next] = [links[at - 1], links[at + 1]]
  const link = (to: typeof next, text: string) =>
    to ? `<a href="${to.url}">${text} ${escapeHtml(to.title)}</a>` : '<span></span>'
  return `<nav class="next" aria-label="Previous and next page">${link(previous, 'Previous:')}${link(next, 'Next:')}</nav>`
}
