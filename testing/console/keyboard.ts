/** Walks through a page with the Tab key and reports keyboard accessibility problems. */
import type { Page } from './chromium.ts'
import { loadAxe, loaded } from './console.ts'

interface Walk {
  /** Resets the walk and records the styles of unfocused elements. */
  begin(): void
  isOver(): boolean
  faults(backwards: boolean): string[]
}

const inPage = (page: Page) => page.evaluateHandle(() => (window as unknown as { walk: Walk }).walk)

/** Call before the page is opened. */
export const prepareKeyboardWalks = (page: Page): Promise<unknown> => page.addInitScript(installWalk)

const pressesAtOnce = 8
const pressesMost = 600

/** Returns the problems: elements that are not reached, have no name or focus mark, are covered, or trap the focus. */
export async function walkByKeyboard(page: Page, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<string[]> {
  await loaded(page)
  await loadAxe(page)
  const walk = await inPage(page)
  await walk.evaluate((here) => here.begin())
  for (let presses = 0; presses < pressesMost; presses += pressesAtOnce) {
    for (let press = 0; press < pressesAtOnce; press++) await page.keyboard.press(key)
    if (await walk.evaluate((here) => here.isOver())) break
  }
  return walk.evaluate((here, backwards) => here.faults(backwards), key === 'Shift+Tab')
}

/** Runs in the page, so it cannot use anything of this file. */
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
  /** Operated with other keys in their field: arrows, Backspace, selecting again. */
  const byOtherKeys = '.mantine-NumberInput-control, .mantine-Pill-remove, .mantine-InputClearButton-root'
  /** The element that the focus must stay within. */
  const ground = () => [...document.querySelectorAll('[role="dialog"]')].at(-1) ?? document.body

  const isThere = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.closest('[inert]') &&
    !element.matches(':disabled')
  /** In a radio group, Tab reaches only the checked button; the arrow keys reach the others. */
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
  /** The focus mark can be on an element that is rendered in place of the field. */
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

  // On keyup, the effects of the key press are done, including scrolling.
  const arrived = ({ key }: KeyboardEvent) => {
    if (key !== 'Tab' || isOver) return
    const element = document.activeElement
    // Between the last and the first element, the browser UI has the focus.
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
    // Within a dialog the walk starts in the middle.
    const start = forwards.findIndex(({ element }) =>
      forwards.every((each) => each.element === element || follows(element, each.element)),
    )
    const inOrder = [...forwards.slice(start), ...forwards.slice(0, start)]
    const report = (what: string, which: readonly { readonly element: Element }[]) =>
      which.map(({ element }) => `${what}: ${text(element)}`)
    const pairs = inOrder.slice(1).map((stop, index) => [inOrder[index] as Stop, stop] as const)
    return [
      ...(isOver ? [] : ['the focus never returns to the start']),
      ...report(
        'never reached',
        expected()
          .filter((element) => !stops.some((stop) => stop.element === element))
          .map((element) => ({ element })),
      ),
      ...report(
        'the focus leaves the dialog',
        stops.filter(({ element }) => !ground().contains(element)),
      ),
      ...report('has no name', nameless),
      ...report(
        'has no focus mark',
        stops.filter(({ isMarked }) => !isMarked),
      ),
      ...report(
        'is covered while focused',
        stops.filter(({ isHidden }) => isHidden),
      ),
      ...report(
        'is focused out of document order',
        pairs.filter(([one, other]) => !follows(one.element, other.element)).map(([, other]) => other),
      ),
      ...(backwards
        ? []
        : report(
            'is above and to the left of the previous stop',
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
