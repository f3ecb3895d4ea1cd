/** Renders the API reference: an introduction, and a page for each group of operations. */
import { basePath, type RefusalCode, refusals } from '@mintmark/contract'
import { codeBlock, escapeHtml, scrollingTable, withCode } from '../html.ts'
import type { NavigationGroup, Page } from '../shell.ts'
import {
  type ApiGroup,
  type ApiOperation,
  type ApiResponse,
  apiGroups,
  type Parameter,
  type Schema,
} from './api-operations.ts'
import { exampleBody, exampleRequests } from './example-requests.ts'
import { exampleValue } from './example-values.ts'
import { bodyFields, valueText } from './fields.ts'
import { introduction } from './introduction.ts'

export function referencePages(): Page[] {
  const groups = apiGroups()
  const navigation = navigationOf(groups)
  return [
    {
      url: '/docs',
      title: 'API reference',
      main: introduction(groups.map((group) => ({ ...group, title: titleOf(group), url: urlOf(group) }))),
      navigation,
    },
    ...groups.map((group) => ({
      url: urlOf(group),
      title: titleOf(group),
      main: renderGroup(group),
      navigation,
      sections: group.operations.map(({ id, summary }) => ({ title: summary, url: `#${id}` })),
    })),
  ]
}

/** Entries for the search: one per operation. */
export const searchableOperations = () =>
  apiGroups().flatMap((group) =>
    group.operations.map(({ id, method, path, summary, description }) => ({
      title: summary,
      place: `API · ${id} · ${method} ${path}`,
      url: `${urlOf(group)}#${id}`,
      text: description,
    })),
  )

const titles: Readonly<Record<string, string>> = { PlainJson: 'Plain JSON', Vars: 'Variables' }

function titleOf({ name }: ApiGroup): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2')
  return titles[name] ?? words.charAt(0) + words.slice(1).replace(/ [A-Z]/g, (letter) => letter.toLowerCase())
}

const urlOf = ({ name }: ApiGroup) =>
  `/docs/${name === 'OAuth' ? 'oauth' : name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()}`

/** Groups whose operations need no token are listed apart. */
function navigationOf(groups: readonly ApiGroup[]): NavigationGroup[] {
  const links = (some: readonly ApiGroup[]) => some.map((group) => ({ title: titleOf(group), url: urlOf(group) }))
  const isResource = ({ operations }: ApiGroup) =>
    operations.some(({ path, auth }) => path.startsWith(`${basePath}/`) && auth === 'token')
  const byTitle = (one: ApiGroup, other: ApiGroup) => (titleOf(one) < titleOf(other) ? -1 : 1)
  return [
    { title: 'API reference', links: [{ title: 'Introduction', url: '/docs' }] },
    { title: 'Resources', links: links(groups.filter(isResource).toSorted(byTitle)) },
    { title: 'Other endpoints', links: links(groups.filter((group) => !isResource(group)).toSorted(byTitle)) },
  ]
}

function renderGroup(group: ApiGroup): string {
  const usesToken = group.operations.some(({ auth }) => auth === 'token')
  return `<h1>${escapeHtml(titleOf(group))}</h1>
<p>${withCode(group.about)}</p>
${usesToken ? tokenPanel : ''}
<ul>
${group.operations.map(({ id, method, path, summary }) => `<li><a href="#${id}">${withCode(summary)}</a> <code>${method} ${escapeHtml(path)}</code></li>`).join('\n')}
</ul>
${group.operations.map(renderOperation).join('\n')}`
}

/** Shown by the script, which adds the field. */
const tokenPanel = `<div id="token" class="panel" hidden>
<label for="try-token"><strong>Token for “Try it”</strong></label>
<div id="token-slot"></div>
<p id="try-token-note">Requests are sent to this server and change real data. Use a token that expires soon, such as one from <code>mintmark token mint --expires-in 1h</code>. It is kept in the
memory of this page only, and your console session is not used.</p>
</div>`

function renderOperation(operation: ApiOperation): string {
  const { id, method, path, description, parameters, body, responses, auth } = operation
  const isTryable = auth === 'token' || auth === 'none'
  const attributes = isTryable
    ? ` data-try data-id="${id}" data-method="${method}" data-path="${escapeHtml(path)}" data-type="${body?.type ?? ''}" data-auth="${auth === 'token' ? 'token' : ''}" data-parameters="${escapeHtml(JSON.stringify(parameters.map(({ name, in: place }) => ({ name, in: place }))))}"`
    : ''
  const summary = withCode(operation.summary)
  return `<section class="operation"${attributes}>
<h2 id="${id}">${summary}<a class="anchor" href="#${id}" aria-label="Link to ${escapeHtml(operation.summary)}">#</a></h2>
<p class="endpoint">${method} ${escapeHtml(path)}</p>
<p>${withCode(description)}</p>
<p class="requirement">Operation ID: <code>${id}</code>. ${authTexts[auth]}</p>
${renderParameters(operation, 'path', 'Path parameters')}
${renderParameters(operation, 'query', 'Query parameters')}
${renderBody(operation)}
<h3>Example</h3>
<div class="examples">
${exampleRequests(operation)
  .map(
    ({ language, text }) =>
      `<div data-language="${language}"><p class="hidden">${language}</p>${codeBlock(text)}</div>`,
  )
  .join('\n')}
</div>
${isTryable ? '<div class="try"></div>' : ''}
<h3>Response</h3>
${responses.map(renderResponse).join('\n')}
<p>Errors: ${errorsOf(operation)
    .map((code) => `<a href="/help/reference/errors#${code}">${refusals[code].status} <code>${code}</code></a>`)
    .join(', ')}</p>
</section>`
}

const authTexts: Readonly<Record<ApiOperation['auth'], string>> = {
  token: 'Authentication: access token.',
  session: 'Authentication: console session.',
  client: 'Authentication: a secret that the operator configured.',
  none: '',
}

function renderParameters({ id, parameters }: ApiOperation, place: Parameter['in'], title: string): string {
  const shown = parameters.filter((parameter) => parameter.in === place)
  if (shown.length === 0) return ''
  const rows = shown.map(({ name, description, schema }) => [
    `<code>${escapeHtml(name)}</code>`,
    valueText(schema),
    withCode(description),
  ])
  return `<h3>${title}</h3>\n${scrollingTable(`${title} of ${id}`, ['Name', 'Value', 'Description'], rows)}`
}

function renderBody(operation: ApiOperation): string {
  const { id, body } = operation
  if (!body) return ''
  const rows = bodyFields(body.schema).map(({ name, schema, isRequired }) => [
    `<code>${escapeHtml(name)}</code>${isRequired ? ' (required)' : ''}`,
    valueText(schema),
    withCode(schema.description ?? ''),
  ])
  const fields = rows.length > 0 ? scrollingTable(`Body of ${id}`, ['Field', 'Value', 'Description'], rows) : ''
  const example = exampleBody(operation)
  const text =
    typeof example === 'string'
      ? example
      : body.type.endsWith('urlencoded')
        ? formText(example)
        : JSON.stringify(example, null, 2)
  return `<h3>Body</h3>\n<p>Media type: <code>${escapeHtml(body.type)}</code></p>\n${fields}
<details><summary>Example body</summary>${codeBlock(text, ' class="example-body"')}</details>`
}

const formText = (value: unknown) => new URLSearchParams(value as Record<string, string>).toString()

function renderResponse({ status, description, type, schema }: ApiResponse): string {
  const line = `<p><strong>${status}</strong> ${withCode(description)}${type ? ` Media type: <code>${escapeHtml(type)}</code>` : ''}</p>`
  if (!type?.endsWith('json') || !schema) return line
  return `${line}\n<details><summary>Example response</summary>${codeBlock(JSON.stringify(responseExample(schema), null, 2))}</details>`
}

/** Related resources are only included on request. */
function responseExample(schema: Schema): unknown {
  const { included: _, ...properties } = schema.properties ?? {}
  return exampleValue('', { ...schema, properties })
}

function errorsOf({ auth, description, path, parameters, body, method }: ApiOperation): RefusalCode[] {
  return [
    ...(parameters.some((each) => each.in === 'query') ? (['invalid-parameter'] as const) : []),
    ...(body?.type.endsWith('json') ? (['malformed-json'] as const) : []),
    ...(auth === 'token'
      ? (['invalid-token', 'token-expired', 'token-revoked', 'not-from-this-network'] as const)
      : []),
    ...(auth === 'session' ? (['no-session'] as const) : []),
    ...(description.includes('Requires the permission') ? (['forbidden'] as const) : []),
    ...(description.includes('re-authentication') ? (['step-up-required'] as const) : []),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(method !== 'GET' && body ? (['conflict', 'body-too-large', 'invalid-attribute'] as const) : []),
    ...(auth === 'none' || auth === 'session' ? [] : (['too-many-bad-tokens'] as const)),
    'database-unavailable',
  ]
}
