/** Code blocks: a copy button, and one choice of language for all examples of a page. */
const languageKey = 'mintmark-example-language'

export function addCopyButtons(): void {
  for (const block of document.querySelectorAll<HTMLElement>('pre')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(block.querySelector('code')?.textContent ?? '')
        button.textContent = 'Copied'
      } catch {
        button.textContent = 'Copying failed'
      }
      setTimeout(() => {
        button.textContent = 'Copy'
      }, 2_000)
    })
    const frame = document.createElement('div')
    frame.className = 'code'
    block.replaceWith(frame)
    frame.append(block, button)
  }
}

/** Without the script, the examples of all languages are shown below each other. */
export function addExampleTabs(): void {
  const groups = [...document.querySelectorAll<HTMLElement>('.examples')]
  const show = (language: string) => {
    for (const group of groups) {
      const examples = [...group.querySelectorAll<HTMLElement>('[data-language]')]
      const shown = examples.find(({ dataset }) => dataset['language'] === language) ?? examples[0]
      for (const example of examples) example.hidden = example !== shown
      for (const button of group.querySelectorAll('button[aria-pressed]'))
        button.setAttribute('aria-pressed', String(button.textContent === shown?.dataset['language']))
    }
  }
  for (const group of groups) {
    const bar = document.createElement('div')
    bar.className = 'tabs'
    bar.setAttribute('role', 'group')
    bar.setAttribute('aria-label', 'Language of the example')
    for (const { dataset } of group.querySelectorAll<HTMLElement>('[data-language]')) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = dataset['language'] ?? ''
      button.setAttribute('aria-pressed', 'false')
      button.addEventListener('click', () => {
        const before = button.getBoundingClientRect().top
        localStorage.setItem(languageKey, button.textContent ?? '')
        show(button.textContent ?? '')
        // Examples above change their height too.
        scrollBy(0, button.getBoundingClientRect().top - before)
      })
      bar.append(button)
    }
    group.prepend(bar)
  }
  show(localStorage.getItem(languageKey) ?? '')
}
