/** Opens dialogs by key, and closes them with Escape. */
import type { Page } from './chromium.ts'

/** Returns the accessible names of the buttons of the page; of row buttons only one per kind. */
export async function actionsOn(page: Page): Promise<string[]> {
  // The name of a row may still be loading: "Remove " becomes "Remove robot".
  await page.waitForFunction(
    () => ![...document.querySelectorAll('main button')].some((each) => each.getAttribute('aria-label')?.endsWith(' ')),
  )
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

const buttonOf = (page: Page, action: string) =>
  page.getByRole('button', { name: action, exact: true, disabled: false }).first()
const dialogOf = (page: Page) => page.getByRole('dialog')

/** Presses a button and waits until the focus is in the dialog. Returns the title of the dialog. */
export async function openDialog(page: Page, action: string): Promise<string> {
  await buttonOf(page, action).focus()
  await page.keyboard.press('Enter')
  await dialogOf(page).waitFor()
  await page.waitForFunction(() => document.querySelector('[role="dialog"]')?.contains(document.activeElement))
  await page.waitForFunction(() => !document.querySelector('[role="dialog"] [aria-label="Loading"]'))
  // The dialog gets its name when its title is rendered.
  await dialogOf(page).and(page.locator('[aria-labelledby]')).waitFor()
  return dialogOf(page).evaluate((dialog) => {
    const by = dialog.getAttribute('aria-labelledby')
    return (by ? document.getElementById(by)?.textContent : null) ?? ''
  })
}

/** Closes the dialog and waits until the focus is back on the button. */
export async function closeDialog(page: Page, action: string): Promise<void> {
  // The first Escape closes an open dropdown.
  if ((await page.locator(':focus').getAttribute('aria-expanded')) === 'true') await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await dialogOf(page).waitFor({ state: 'detached' })
  await buttonOf(page, action).and(page.locator(':focus')).waitFor()
}
