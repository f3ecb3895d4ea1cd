/** Goes through a page with the tabulator, and says what somebody without a mouse would miss. */
import type { Page } from './chromium.ts'
import { bringAxe, loaded } from './console.ts'

interface Walk {
  /** Forgets the walk before and looks at everything while nothing has the focus. */
  begin(): void
  isOver(): boolean
  faults(backwards: boolean): string[]
}

const inPage = (page: Page) => page.evaluateHandle(() => (window as unknown as { walk: Walk }).walk)

/** Before the page is opened. */
export const prepareWalks = (page: Page): Promise<unknown> => page.addInitScript(installWalk)

const pressesAtOnce = 8
const pressesMost = 600

/** All that is wrong with going round: what is not reached, has no name or no mark, is hidden, or holds the focus fast. */
export async function walk(page: Page, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<string[]> {
  await loaded(page)
  await bringAxe(page)
  const walk = await inPage(page)
  await walk.evaluate((here) => here.begin())
  for (let presses = 0; presses < pressesMost; presses += pressesAtOnce) {
    for (let press = 0; press < pressesAtOnce; press++) await page.keyboard.press(key)
    if (await walk.evaluate((here) => here.isOver())) break
  }
  return walk.evaluate((here, backwards) => here.faults(backwards), key === 'Shift+Tab')
}

/** Runs in the page, so it knows nothing of this file. */
function installWalk(): void {
  interface Stop {
    readonly element: Element
    readonly isMarked: boolean
    readonly isHidden: boolean
    readonly place: DOMRect
    readonly scrolled: number
  }
  let stops: Stop[] = []
  let isOver = false
  let unmarked = new Map<Element, string>()

  const native = 'a[href], button, input, select, textarea, summary'
  const acting = `${native}, [role="button"], [role="link"], [role="tab"], [role="switch"], [role="checkbox"]`
  /** Done by other keys in the field they belong to: arrows, backspace, choosing again. */
  const byOtherKeys = '.mantine-NumberInput-control, .mantine-Pill-remove, .mantine-InputClearButton-root'
  /** What the tabulator has to stay within. */
  const ground = () => [...document.querySelectorAll('[role="dialog"]')].at(-1) ?? document.body

  const isThere = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.closest('[inert]') &&
    !element.matches(':disabled')
  /** Of a group of radio buttons the chosen one alone; the arrows reach the others. */
  const isOtherRadio = (element: Element) => {
    if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return false
    const group = [...ground().querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(element.name)}"]`)]
    return element !== (group.find(({ checked }) => checked) ?? group[0])
  }
  const expected = () =>
    [...ground().querySelectorAll(acting)].filter(
      (element) =>
        isThere(element) &&
        (element as HTMLInputElement).type !== 'hidden' &&
        !element.matches(byOtherKeys) &&
        !isOtherRadio(element),
    )

  const labelsOf = (element: Element) => [...((element as HTMLInputElement).labels ?? [])]
  /** The mark may stand on what is drawn in place of the field. */
  const drawn = (element: Element) => [
    element,
    element.nextElementSibling,
    element.parentElement,
    element.closest('.mantine-Input-input'),
    ...labelsOf(element),
  ]
  const look = (element: Element) =>
    drawn(element)
      .filter((each) => each !== null)
      .map((each) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(each)
        return `${outlineStyle === 'none' ? '' : outlineStyle + outlineWidth + outlineColor} ${boxShadow}`
      })
      .join('; ')
  const placeOf = (element: Element) => {
    const places = [element, ...labelsOf(element)].map((each) => each.getBoundingClientRect())
    return places.find(({ width, height }) => width > 4 && height > 4) ?? (places[0] as DOMRect)
  }
  const isHidden = (element: Element, place: DOMRect) => {
    const [x, y] = [place.x + place.width / 2, place.y + Math.min(place.height / 2, 20)]
    const hit = document.elementFromPoint(x, y)
    if (!hit) return true
    return ![element, ...labelsOf(element)].some((each) => each.contains(hit) || hit.contains(each))
  }

  // What the press does is done by then, scrolling included.
  const arrived = ({ key }: KeyboardEvent) => {
    if (key !== 'Tab' || isOver) return
    const element = document.activeElement
    // Between the last and the first the browser itself has the focus.
    if (!element || element === document.body) return
    isOver = stops[0]?.element === element
    if (isOver) return
    const place = placeOf(element)
    const isMarked = look(element) !== unmarked.get(element)
    stops.push({ element, place, scrolled: scrollY, isMarked, isHidden: isHidden(element, place) })
  }
  addEventListener('keyup', arrived, true)

  const text = (element: Element) =>
    element.outerHTML.slice(0, element.outerHTML.indexOf('>') + 1).replace(/ (?:style|data-[\w-]+)="[^"]*"/g, '') +
    (element.textContent ?? '').slice(0, 40)
  const follows = (one: Element, other: Element) =>
    (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  const isUpAndLeft = (one: Stop, other: Stop) =>
    other.place.bottom + other.scrolled <= one.place.top + one.scrolled && other.place.right <= one.place.left

  function faults(backwards: boolean): string[] {
    const { axe } = window as unknown as {
      axe: { setup(): void; teardown(): void; commons: { text: { accessibleText(of: Element): string } } }
    }
    axe.setup()
    const nameless = stops.filter(({ element }) => !axe.commons.text.accessibleText(element).trim())
    axe.teardown()
    const forwards = backwards ? stops.toReversed() : stops
    // Within a dialog one begins in the middle.
    const start = forwards.findIndex(({ element }) =>
      forwards.every((each) => each.element === element || follows(element, each.element)),
    )
    const inOrder = [...forwards.slice(start), ...forwards.slice(0, start)]
    const tell = (what: string, which: readonly { readonly element: Element }[]) =>
      which.map(({ element }) => `${what}: ${text(element)}`)
    const pairs = inOrder.slice(1).map((stop, index) => [inOrder[index] as Stop, stop] as const)
    return [
      ...(isOver ? [] : ['the focus never comes round']),
      ...tell(
        'never reached',
        expected()
          .filter((element) => !stops.some((stop) => stop.element === element))
          .map((element) => ({ element })),
      ),
      ...tell(
        'the focus leaves the dialog',
        stops.filter(({ element }) => !ground().contains(element)),
      ),
      ...tell('has no name', nameless),
      ...tell(
        'has no mark',
        stops.filter(({ isMarked }) => !isMarked),
      ),
      ...tell(
        'is hidden while it has the focus',
        stops.filter(({ isHidden }) => isHidden),
      ),
      ...tell(
        'comes before what stands before it',
        pairs.filter(([one, other]) => !follows(one.element, other.element)).map(([, other]) => other),
      ),
      ...(backwards
        ? []
        : tell(
            'stands up and to the left of the stop before it',
            pairs.filter(([one, other]) => isUpAndLeft(one, other)).map(([, other]) => other),
          )),
    ]
  }

  const begin = () => {
    stops = []
    isOver = false
    const within = ground()
    const active = document.activeElement as HTMLElement
    active.blur()
    unmarked = new Map([...within.querySelectorAll('*')].map((element) => [element, look(element)]))
    if (within !== document.body) active.focus()
  }
  Object.assign(window, { walk: { begin, isOver: () => isOver, faults } })
}
