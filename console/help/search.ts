/** Search in the documentation and the API reference. The index is loaded when the field gets focus. */
interface Entry {
  readonly title: string
  /** The page, and for a section its heading. */
  readonly place: string
  readonly url: string
  readonly text: string
}

const resultsMax = 12

export function addSearch(): void {
  const field = document.querySelector<HTMLInputElement>('#search')
  const list = document.querySelector<HTMLElement>('#results')
  const status = document.querySelector<HTMLElement>('#search-status')
  if (!field || !list || !status) return
  let index: Promise<readonly Entry[]> | undefined
  const load = () => {
    index ??= fetch('/help/search.json')
      .then((response) => response.json() as Promise<readonly Entry[]>)
      .catch(() => {
        index = undefined
        return []
      })
    return index
  }
  const update = async () => {
    const words = wordsIn(field.value)
    const entries = words.length > 0 ? await load() : []
    if (words.join(' ') !== wordsIn(field.value).join(' ')) return
    const found = findEntries(entries, words)
    list.replaceChildren(...found.map(resultOf))
    list.hidden = found.length === 0
    status.textContent = words.length === 0 ? '' : found.length === 0 ? 'No results' : `${found.length} results`
  }
  field.addEventListener('focus', load)
  field.addEventListener('input', update)
  addKeys(field, list)
}

const wordsIn = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)

/** All words must occur. Matches in titles come first, then those in earlier entries. */
function findEntries(entries: readonly Entry[], words: readonly string[]): Entry[] {
  const scoreOf = ({ title, place, text }: Entry) => {
    const [inTitle, inPlace, all] = [title, place, `${title} ${place} ${text}`].map((each) => each.toLowerCase())
    let score = 0
    for (const word of words) {
      if (!all?.includes(word)) return 0
      score +=
        1 + (inTitle?.includes(word) ? 8 : 0) + (inTitle?.startsWith(word) ? 4 : 0) + (inPlace?.includes(word) ? 2 : 0)
    }
    return score
  }
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, resultsMax)
    .map(({ entry }) => entry)
}

function resultOf({ title, place, url }: Entry): HTMLElement {
  const item = document.createElement('li')
  const link = document.createElement('a')
  link.href = url
  const [main, detail] = [document.createElement('span'), document.createElement('small')]
  main.textContent = title
  detail.textContent = place
  link.append(main, detail)
  item.append(link)
  return item
}

function addKeys(field: HTMLInputElement, list: HTMLElement): void {
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
    if ((event.key === '/' && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault()
      field.focus()
      field.select()
    }
    const isInside = event.target instanceof Node && field.parentElement?.contains(event.target)
    if (!isInside) return
    const stops: HTMLElement[] = [field, ...list.querySelectorAll<HTMLElement>('a')]
    const at = stops.indexOf(document.activeElement as HTMLElement)
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      stops[(at + (event.key === 'ArrowDown' ? 1 : stops.length - 1)) % stops.length]?.focus()
    }
    if (event.key === 'Enter' && at === 0) stops[1]?.click()
    if (event.key === 'Escape') {
      list.hidden = true
      field.focus()
    }
  })
  // A click on a section of the current page only changes the hash.
  list.addEventListener('click', () => {
    list.hidden = true
  })
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Node) || !field.parentElement?.contains(target)) list.hidden = true
  })
}
