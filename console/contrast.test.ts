/** The contrast of form controls, computed from the rendered colors. axe only checks text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

const shown = sharedConsole()

/** The minimum ratios of WCAG 2.2 for text (1.4.3) and for the boundaries of controls (1.4.11). */
const minimum = { text: 4.5, boundary: 3 }

interface Measured {
  readonly what: string
  readonly ratio: number
  readonly minimum: number
}

const measure = (page: Page): Promise<Measured[]> =>
  page.evaluate((minimum) => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    /** The color as it is displayed on the backgrounds of the element's ancestors. */
    const displayed = (color: string, element: Element | null) => {
      const layers = [color]
      for (let each = element; each; each = each.parentElement) layers.push(getComputedStyle(each).backgroundColor)
      for (const layer of layers.reverse()) {
        if (!canvas) continue
        canvas.fillStyle = layer
        canvas.fillRect(0, 0, 1, 1)
      }
      return [...(canvas?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3)
    }
    const luminance = (color: readonly number[]) => {
      const [red = 0, green = 0, blue = 0] = color.map((value) =>
        value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      )
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const ratio = (one: readonly number[], other: readonly number[]) => {
      const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
      return (high + 0.05) / (low + 0.05)
    }
    const fields = [...document.querySelectorAll('main input:not([type=hidden]), [role=dialog] :is(input, textarea)')]
    return fields
      .filter((field) => field.checkVisibility() && !field.matches(':disabled, :focus'))
      .flatMap((field) => {
        const style = getComputedStyle(field)
        const what = `${field.getAttribute('aria-label') ?? field.getAttribute('placeholder') ?? ''} (${field.className})`
        const border = displayed(style.borderTopColor, field.parentElement)
        const behind = displayed('transparent', field.parentElement)
        const isBordered = Number.parseFloat(style.borderTopWidth) > 0
        const text = displayed(getComputedStyle(field, '::placeholder').color, field)
        return [
          ...(isBordered
            ? [{ what: `border of ${what}`, ratio: ratio(border, behind), minimum: minimum.boundary }]
            : []),
          ...(field.getAttribute('placeholder')
            ? [
                {
                  what: `placeholder of ${what}`,
                  ratio: ratio(text, displayed('transparent', field)),
                  minimum: minimum.text,
                },
              ]
            : []),
        ]
      })
  }, minimum)

describeInBrowser('form controls', () => {
  for (const colorScheme of ['light', 'dark'] as const)
    test(`placeholders and borders have sufficient contrast in the ${colorScheme} theme`, async () => {
      const page = await shown.visit(`/${shown.authority.prepared.account}/token-report`)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.getByRole('checkbox').first().waitFor()
      const list = await measure(page)
      await page.goto(`${shown.address}/profile?do=create-token`)
      await page.getByRole('dialog').getByRole('textbox').first().waitFor()
      const form = await measure(page)
      for (const [kind, among] of [
        ['checkbox', list],
        ['border of State', list],
        ['placeholder of Search', list],
        ['border of', form],
      ] as const)
        assert.ok(
          among.some(({ what }) => what.toLowerCase().includes(kind.toLowerCase())),
          kind,
        )
      assert.deepEqual(
        [...list, ...form].filter(({ ratio, minimum }) => ratio < minimum),
        [],
      )
    })

  test('a filter shows its value', async () => {
    const page = await shown.visit(`/${shown.authority.prepared.account}/token-report?state=expired`)
    const state = page.getByRole('combobox', { name: 'State', exact: true })
    await state.waitFor()
    assert.equal(await state.inputValue(), 'State: Expired')
    assert.equal(await page.getByRole('combobox', { name: 'Owner', exact: true }).inputValue(), 'Owner: any')
  })
})
