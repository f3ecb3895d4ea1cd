import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ruleFormats } from '@mintmark/token'
import {
  allOperations,
  basePath,
  endpointEntries,
  endpointGroups,
  endpointOpenApi,
  endpoints,
  openApi,
} from '../index.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly responses: Readonly<Record<string, object>>
}

const pathsOf = (document: { readonly paths: object }) =>
  document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>

describe('every endpoint', () => {
  test('has a unique operation ID and route', () => {
    const all = [
      ...endpointEntries.map(([, { id, method, path }]) => ({ id, route: `${method} ${path}` })),
      ...allOperations.map(({ id, method, path }) => ({ id, route: `${method} ${basePath}${path}` })),
    ]
    for (const key of ['id', 'route'] as const) {
      const values = all.map((each) => each[key])
      assert.deepEqual(
        values.filter((value, index) => values.indexOf(value) !== index),
        [],
      )
    }
  })

  test('is in exactly one group and in exactly one of the two OpenAPI documents', () => {
    const grouped = endpointGroups.flatMap((group) => group.endpoints)
    assert.equal(grouped.length, endpointEntries.length)
    for (const [name, endpoint] of endpointEntries) assert.ok(grouped.includes(endpoint), name)
    const documented = [openApi(), endpointOpenApi()].flatMap((document) =>
      Object.values(pathsOf(document)).flatMap((item) => Object.values(item).map(({ operationId }) => operationId)),
    )
    for (const [, { id }] of endpointEntries) assert.equal(documented.filter((each) => each === id).length, 1, id)
  })

  test('declares the parameters of its path and a success response', () => {
    for (const [path, item] of Object.entries(pathsOf(endpointOpenApi())))
      for (const { operationId, parameters, responses } of Object.values(item)) {
        assert.deepEqual(
          parameters.filter((each) => each.in === 'path').map(({ name }) => name),
          [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
          operationId,
        )
        assert.ok(Object.keys(responses).some((status) => /^[23]/.test(status)))
      }
  })

  test('requires a permission only if callers authenticate with a token', () => {
    for (const [name, { caller, permission, permissionOn }] of endpointEntries) {
      assert.equal(permission === undefined, permissionOn === undefined, name)
      if (permission !== undefined) assert.equal(caller, 'token', name)
    }
  })
})

test('the declared rule formats match those of the token package', () => {
  assert.deepEqual(endpoints.getRuleFile.query.format.schema['enum'], ruleFormats)
})
