/** Opens what a button opens, by its key alone, looks at it, and closes it by the key that does nothing. */
import type { Page } from './chromium.ts'

/** Of the page itself, by the name a screen reader says; of buttons that stand in every row one alone. */
export async function actionsOn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const inPlace =
      '[type="submit"], [aria-disabled="true"], :disabled, [tabindex="-1"], [aria-expanded], [aria-pressed], th *, .mantine-Pagination-root *'
    const buttons = [...document.querySelectorAll('main button')].filter(
      (button) => button.checkVisibility() && !button.matches(inPlace),
    )
    const named = buttons.map((button) => {
      const name = button.getAttribute('aria-label') ?? button.textContent?.trim() ?? ''
      return { name, kind: button.closest('tbody tr, li') ? `in a row: ${name.split(/[ :]/)[0]}` : name }
    })
    return [...Map.groupBy(named, ({ kind }) => kind).values()].map(([first]) => first?.name ?? '')
  })
}

const buttonOf = (page: Page, deed: string) =>
  page.getByRole('button', { name: deed, exact: true, disabled: false }).first()
const dialogOf = (page: Page) => page.getByRole('dialog')

/** Presses it, and waits until the focus is inside; the title of what has opened. */
export async function openDialog(page: Page, deed: string): Promise<string> {
  await buttonOf(page, deed).focus()
  await page.keyboard.press('Enter')
  await dialogOf(page).waitFor()
  await page.waitForFunction(() => document.querySelector('[role="dialog"]')?.contains(document.activeElement))
  await page.waitForFunction(() => !document.querySelector('[role="dialog"] [aria-label="Loading"]'))
  // It gets its name when its title has been drawn.
  await dialogOf(page).and(page.locator('[aria-labelledby]')).waitFor()
  return dialogOf(page).evaluate((dialog) => {
    const by = dialog.getAttribute('aria-labelledby')
    return (by ? document.getElementById(by)?.textContent : null) ?? ''
  })
}

/** Gone, and the focus is where it was. */
export async function leaveDialog(page: Page, deed: string): Promise<void> {
  // A list of choices that is open is closed first, by the same key.
  if ((await page.locator(':focus').getAttribute('aria-expanded')) === 'true') await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await dialogOf(page).waitFor({ state: 'detached' })
  await buttonOf(page, deed).and(page.locator(':focus')).waitFor()
}
