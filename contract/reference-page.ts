/** Generates the API reference from the declarations: one HTML page without scripts. */
import { basePath, openApiPath } from './base-path.ts'
import { allOperations, resources } from './catalogue.ts'
import { type EndpointDeclaration, isCheckedBody, membersOf } from './endpoint.ts'
import { endpointGroups } from './endpoints/catalogue.ts'
import { kebab } from './naming.ts'
import { requirementsOf } from './openapi-endpoints.ts'
import type { Operation, Resource } from './resource.ts'

const writableTexts = { create: 'write-once', update: 'writable after creation', always: 'writable' } as const

const html = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export function openApiPage(): string {
  const served = resources.filter(({ operations }) => Object.keys(operations).length > 0)
  const names = [...served.map(({ type }) => type), ...endpointGroups.map(({ name }) => name)]
  const contents = names.map((name) => `<a href="#${name}">${name}</a>`).join(' · ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mintmark API</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
code { font-size: .9em; }
</style>
</head>
<body>
<h1>Mintmark API</h1>
<p>JSON:API under <code>${basePath}</code>, with <code>Authorization: Bearer</code> and an access token.
Machine-readable specification: <a href="${openApiPath}">openapi-public.yml</a>; for the other endpoints, <a href="/openapi-endpoints.yml">openapi-endpoints.yml</a>.</p>
<p>${contents}</p>
${served.map(section).join('\n')}
${endpointGroups.map(groupSection).join('\n')}
</body>
</html>
`
}

function section(resource: Resource): string {
  const operations = allOperations.filter((operation) => operation.resource === resource)
  const attributes = Object.entries(resource.attributes).map(
    ([name, { about, writable, nullable, required }]) =>
      `<tr><td><code>${kebab(name)}</code></td><td>${html(about)}</td><td>${[writable === 'never' ? 'read-only' : writableTexts[writable], required ? 'required' : '', nullable ? 'nullable' : ''].filter(Boolean).join(', ')}</td></tr>`,
  )
  const relations = Object.entries(resource.relations).map(
    ([name, { about, to, many, writable }]) =>
      `<tr><td><code>${kebab(name)}</code></td><td>${html(about)}</td><td>${many ? 'many' : 'one'} ${to}${writable === 'never' ? '' : `, ${writableTexts[writable]}`}</td></tr>`,
  )
  return `<h2 id="${resource.type}">${resource.type}</h2>
<p>${html(resource.about)}</p>
<table><thead><tr><th>Operation</th><th>Description</th><th>Permission</th></tr></thead><tbody>
${operations.map(row).join('\n')}
</tbody></table>
<table><thead><tr><th>Attribute or relationship</th><th>Description</th><th></th></tr></thead><tbody>
${[...attributes, ...relations].join('\n')}
</tbody></table>`
}

function row({ method, path, about, permission, id }: Operation): string {
  const permissions = typeof permission === 'string' ? permission : [...new Set(Object.values(permission))].join(', ')
  return `<tr><td><code>${method} ${html(path)}</code><br><small>${id}</small></td><td>${html(about)}</td><td><code>${permissions}</code></td></tr>`
}

function groupSection({ name, about, endpoints }: (typeof endpointGroups)[number]): string {
  return `<h2 id="${name}">${name}</h2>
<p>${html(about)}</p>
<table><thead><tr><th>Endpoint</th><th>Description</th><th>Body and query</th><th>Requirements</th></tr></thead><tbody>
${endpoints.map(endpointRow).join('\n')}
</tbody></table>`
}

function endpointRow(endpoint: EndpointDeclaration): string {
  const { id, method, path, about } = endpoint
  return `<tr><td><code>${method} ${html(path)}</code><br><small>${id}</small></td><td>${html(about)}</td><td>${parametersOf(endpoint)}</td><td>${requirementsOf(endpoint)}</td></tr>`
}

function parametersOf({ body, query = {} }: EndpointDeclaration): string {
  const members = body && isCheckedBody(body) ? membersOf(body) : {}
  const rows = Object.entries({ ...members, ...query }).map(
    ([name, { about, required }]) => `<code>${kebab(name)}</code>${required ? ' (required)' : ''}: ${html(about)}`,
  )
  const types = body && !isCheckedBody(body) ? Object.keys(body.content).map((type) => `<code>${type}</code>`) : []
  return [...rows, ...types].join('<br>')
}
