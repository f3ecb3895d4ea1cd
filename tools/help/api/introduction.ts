/** The first page of the API reference. */
import { basePath, limits, openApiPath } from '@mintmark/contract'
import { codeBlock, escapeHtml, scrollingTable, withCode } from '../html.ts'

interface Listed {
  readonly title: string
  readonly url: string
  readonly about: string
}

const heading = (id: string, text: string) =>
  `<h2 id="${id}">${text}<a class="anchor" href="#${id}" aria-label="Link to ${text}">#</a></h2>`

export const introduction = (groups: readonly Listed[]): string => `<h1>API reference</h1>
<p>The API follows <a href="https://jsonapi.org/format/">JSON:API</a> and is compatible with Scalr's. Paths of resources start with <code>${basePath}</code>. Machine-readable specifications:
<a href="${openApiPath}">openapi-public.yml</a> for the resources, <a href="/openapi-endpoints.yml">openapi-endpoints.yml</a> for all other endpoints (OpenAPI 3.0).</p>

${heading('authentication', 'Authentication')}
<p>Send an access token in the header <code>Authorization: Bearer</code>. A token has the rights of its owner, within its narrowing. Create one in the console, with
<code>mintmark token mint</code>, or with <a href="/docs/access-tokens#create_access_token">the API</a>.</p>
${codeBlock(`export MINTMARK_HOST=https://mintmark.example.com MINTMARK_TOKEN=…
curl "$MINTMARK_HOST${basePath}/accounts" -H "Authorization: Bearer $MINTMARK_TOKEN"`)}

${heading('documents', 'Documents')}
<p>Bodies have the media type <code>application/vnd.api+json</code>, unless the operation says otherwise. A member that is absent from an update keeps its value; <code>null</code> or <code>[]</code>
clears it. Unknown attributes are ignored. Times are in UTC.</p>
${codeBlock(`{
  "data": {
    "type": "teams",
    "attributes": { "name": "platform" },
    "relationships": { "users": { "data": [{ "type": "users", "id": "user-…" }] } }
  }
}`)}

${heading('lists', 'Lists')}
${scrollingTable(
  'Query parameters of lists',
  ['Parameter', 'Meaning'],
  [
    [
      '<code>page[number]</code>, <code>page[size]</code>',
      `Page, starting at 1, and its size (default: ${limits.pageSizeDefault}, at most ${limits.pageSizeMax}). <code>meta.pagination.next-page</code> is null on the last page.`,
    ],
    [
      '<code>filter[name]=value</code>',
      'Exact match. <code>in:a,b</code> matches any of several values, <code>like:text</code> a substring. Different filters must all match.',
    ],
    ['<code>query</code>', 'Full-text search.'],
    ['<code>sort</code>', 'Comma-separated keys; <code>-</code> before a key for descending order.'],
    ['<code>include</code>', 'Related resources to include in the response.'],
    ['<code>fields[type]</code>', 'Attributes and relationships to return.'],
  ],
)}

${heading('errors', 'Errors')}
<p>Errors have a <code>status</code>, a <code>code</code> for programs, a <code>detail</code> for people, and the place in <code>source</code>. <a href="/help/reference/errors">All error codes</a> have a page with
causes and remedies. An object that the caller cannot read does not exist: the status is 404. Requests that fail with 408, 429 or 503 can be repeated after <code>Retry-After</code> seconds.</p>

${heading('retries', 'Retries and idempotency')}
<p>GET, PATCH and DELETE can be repeated. Rotating a token accepts the header <code>Idempotency-Key</code>: repeat a request whose response was lost with the same key. A deleted object responds with 404.</p>

${heading('limits', 'Limits')}
<p>Requests with a valid token are not limited in number; <a href="/help/limits">limits</a> lists sizes and the rates of unauthenticated requests.</p>

${heading('groups', 'Operations by subject')}
<ul>
${groups.map(({ title, url, about }) => `<li><a href="${url}">${escapeHtml(title)}</a>: ${withCode(about)}</li>`).join('\n')}
</ul>
`
