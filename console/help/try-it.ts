/**
 * Sends requests from the API reference. The token exists in memory only, and the session cookie is never sent: the
 * response shows what a program with this token gets.
 */
export function addTryIt(): void {
  const operations = document.querySelectorAll<HTMLElement>('[data-try]')
  if (operations.length === 0) return
  const token = addTokenField()
  for (const operation of operations) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'action'
    button.textContent = 'Try it'
    button.setAttribute('aria-label', `Try it: ${operation.dataset['id']}`)
    button.addEventListener('click', () => {
      const form = formOf(operation, token)
      button.replaceWith(form)
      form.querySelector<HTMLElement>('input, textarea, button')?.focus()
    })
    operation.querySelector('.try')?.append(button)
  }
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
}

function addTokenField(): HTMLInputElement {
  const field = document.createElement('input')
  field.type = 'password'
  field.id = 'try-token'
  field.autocomplete = 'off'
  field.spellcheck = false
  field.setAttribute('aria-describedby', 'try-token-note')
  document.querySelector('#token-slot')?.append(field)
  document.querySelector<HTMLElement>('#token')?.removeAttribute('hidden')
  return field
}

function formOf(operation: HTMLElement, token: HTMLInputElement): HTMLFormElement {
  const { method = 'GET', path = '/', id = '', parameters = '[]', type = '', auth = '' } = operation.dataset
  const form = document.createElement('form')
  form.className = 'try-form'
  const inputs = (JSON.parse(parameters) as readonly Parameter[]).map((parameter) => {
    const input = document.createElement('input')
    input.required = parameter.in === 'path'
    input.autocomplete = 'off'
    form.append(labelled(parameter.name, input))
    return { ...parameter, input }
  })
  const body = type ? document.createElement('textarea') : undefined
  if (body) {
    body.value = operation.querySelector('.example-body')?.textContent ?? ''
    body.rows = Math.min(16, body.value.split('\n').length + 1)
    body.spellcheck = false
    form.append(labelled('Body', body))
  }
  const send = document.createElement('button')
  send.className = 'action'
  send.textContent = `Send ${method} request`
  const result = document.createElement('div')
  result.setAttribute('role', 'status')
  form.append(send, result)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (auth && token.value.trim() === '') {
      result.replaceChildren('Enter a token in the field “Token for Try it” first.')
      token.focus()
      return
    }
    send.disabled = true
    result.textContent = 'Sending…'
    const values = inputs.map(({ input, ...parameter }) => ({ ...parameter, value: input.value.trim() }))
    const request = { method, url: urlOf(path, values), type, body: body?.value, token: auth ? token.value.trim() : '' }
    result.replaceChildren(...(await answerTo(request)))
    send.disabled = false
  })
  form.setAttribute('aria-label', `Try ${id}`)
  return form
}

function labelled(name: string, input: HTMLElement): HTMLElement {
  const label = document.createElement('label')
  const text = document.createElement('span')
  text.textContent = name
  label.append(text, input)
  return label
}

function urlOf(path: string, values: readonly (Parameter & { readonly value: string })[]): string {
  const query = new URLSearchParams()
  let url = path
  for (const { name, in: place, value } of values)
    if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(value))
    else if (value) query.set(name, value)
  return query.size > 0 ? `${url}?${query}` : url
}

interface TriedRequest {
  readonly method: string
  readonly url: string
  readonly type: string
  readonly body: string | undefined
  readonly token: string
}

async function answerTo({ method, url, type, body, token }: TriedRequest): Promise<Node[]> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
      credentials: 'omit',
      redirect: 'manual',
      cache: 'no-store',
    })
    const text = await response.text()
    const status = document.createElement('p')
    status.textContent = response.type === 'opaqueredirect' ? 'Redirect' : `${response.status} ${response.statusText}`
    const pre = document.createElement('pre')
    pre.tabIndex = 0
    pre.append(Object.assign(document.createElement('code'), { textContent: readable(text) }))
    return text ? [status, pre] : [status]
  } catch {
    const failed = document.createElement('p')
    failed.textContent = 'The request failed: the server cannot be reached.'
    return [failed]
  }
}

const charactersMax = 50_000

function readable(text: string): string {
  let shown = text
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // Shown as it is.
  }
  return shown.length > charactersMax ? `${shown.slice(0, charactersMax)}\n…` : shown
}
