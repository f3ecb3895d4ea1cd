/** Theme and navigation of the documentation pages. */

/** Where the console stores the theme, so that both look the same. */
const themeKey = 'mantine-color-scheme-value'
const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]
const names: Readonly<Record<Theme, string>> = { auto: 'System', light: 'Light', dark: 'Dark' }

function storedTheme(): Theme {
  const stored = localStorage.getItem(themeKey)
  return themes.find((theme) => theme === stored) ?? 'auto'
}

export function applyTheme(theme: Theme = storedTheme()): void {
  document.documentElement.dataset['theme'] = theme
}

export function addThemeButton(): void {
  const button = document.querySelector<HTMLButtonElement>('#theme')
  if (!button) return
  const show = () => {
    button.textContent = `Theme: ${names[storedTheme()]}`
  }
  show()
  button.hidden = false
  button.addEventListener('click', () => {
    const next = themes[(themes.indexOf(storedTheme()) + 1) % themes.length] ?? 'auto'
    localStorage.setItem(themeKey, next)
    applyTheme(next)
    show()
  })
}

/** On phones, the navigation is hidden until the button is pressed. */
export function addMenu(): void {
  const button = document.querySelector<HTMLButtonElement>('#menu')
  const navigation = document.querySelector<HTMLElement>('#navigation')
  if (!button || !navigation) return
  const set = (isOpen: boolean) => {
    button.setAttribute('aria-expanded', String(isOpen))
    navigation.classList.toggle('open', isOpen)
  }
  button.addEventListener('click', () => set(button.getAttribute('aria-expanded') !== 'true'))
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || button.getAttribute('aria-expanded') !== 'true') return
    set(false)
    button.focus()
  })
  // Inside the sidebar only: scrolling the page would move away from its start.
  const current = navigation.querySelector<HTMLElement>('[aria-current="page"]')
  if (current) navigation.scrollTop = current.offsetTop - navigation.clientHeight / 2
}
