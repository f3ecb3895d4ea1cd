// Before the first paint, or a dark page would begin white. A file of its own, because no inline script may run.
;(() => {
  let chosen = 'auto'
  try {
    chosen = localStorage.getItem('mintmark-color-scheme') || 'auto'
  } catch {}
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
