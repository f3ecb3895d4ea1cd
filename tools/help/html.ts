/** Escapes text for HTML, also in attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Escapes text and renders its code spans. */
export const withCode = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

export const codeBlock = (text: string, attributes = ''): string =>
  `<pre tabindex="0"><code${attributes}>${escapeHtml(text)}</code></pre>`

/** Wide tables scroll on their own, so that the page does not. */
export const scrollingTable = (label: string, head: readonly string[], rows: readonly string[][]): string =>
  `<div class="table" role="region" tabindex="0" aria-label="${escapeHtml(label)}"><table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead><tbody>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}
</tbody></table></div>`
