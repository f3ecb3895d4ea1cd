/** Filters accept values of their type, and compare values rather than text. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { allOperations, filterKind, kebab } from '@mintmark/contract'
import { type Everything, startEverything } from '../../testing/everything.ts'

let everything: Everything
const lifted: (() => unknown)[] = []
before(async () => {
  everything = await startEverything({ after: (end) => void lifted.push(end as () => unknown) })
})
after(async () => {
  for (const end of lifted) await end()
})

const lists = allOperations.filter(({ kind }) => kind === 'list')
const declared = lists.flatMap((operation) => (operation.filters ?? []).map((name) => ({ operation, name })))
const withKind = (kind: string) => declared.filter(({ name }) => filterKind(name) === kind)
const ask = (operation: (typeof lists)[number], name: string, value: string) =>
  everything.call('GET', `${everything.pathOf(operation)}?filter[${kebab(name)}]=${value}`)

describe('a filter by time', () => {
  test('is declared somewhere', () => assert.ok(withKind('instant').length >= 7))
  for (const { operation, name } of withKind('instant')) {
    test(`${operation.id} ${kebab(name)}: accepts any offset, even if + was not encoded`, async () => {
      const total = async (value: string) => {
        const { status, text, json } = await ask(operation, name, value)
        assert.equal(status, 200, text)
        return json.meta.pagination['total-count']
      }
      const { json } = await everything.call('GET', everything.pathOf(operation))
      const all = json.meta.pagination['total-count']
      const isLower = name.toLowerCase().endsWith('after')
      // All rows are from between the years 2000 and 2990.
      const [old, young] = ['2000-01-01T00:00:00', '2990-01-01T00:00:00']
      for (const zone of ['Z', '%2B10:00', '+10:00', '-10:00', '+05:45']) {
        assert.ok((await total(`${isLower ? young : old}${zone}`)) === 0, zone)
        assert.ok((await total(`${isLower ? old : young}${zone}`)) <= all, zone)
      }
    })
    test(`${operation.id} ${kebab(name)}: rejects an invalid time`, async () => {
      for (const value of [
        'tomorrow',
        '2027-02-29',
        '',
        '2027-03-01T10:00:00',
        'in:2027-03-01',
        'like:2027',
        'null',
        '%00',
      ]) {
        const { status, json } = await ask(operation, name, value)
        assert.deepEqual([status, json.errors?.[0].source], [400, { parameter: `filter[${kebab(name)}]` }], value)
      }
    })
  }
})

describe('a filter by a boolean', () => {
  for (const { operation, name } of withKind('boolean')) {
    test(`${operation.id} ${kebab(name)}`, async () => {
      for (const value of ['true', 'false', 'in:true,false', 'in:true'])
        assert.equal((await ask(operation, name, value)).status, 200, value)
      for (const value of ['', 'yes', 'True', '1', 'in:', 'like:t', 'null', 'true,false']) {
        const { status, json } = await ask(operation, name, value)
        assert.deepEqual([status, json.errors?.[0].source], [400, { parameter: `filter[${kebab(name)}]` }], value)
      }
      const total = async (value: string) => (await ask(operation, name, value)).json.meta.pagination['total-count']
      assert.equal(await total('in:true,false'), (await total('true')) + (await total('false')))
    })
  }
})

describe('a filter by text', () => {
  for (const { operation, name } of withKind('text')) {
    test(`${operation.id} ${kebab(name)}: an unusual value returns an empty list`, async () => {
      for (const value of ['%21%20/%20nope', '%27%3B--', '%F0%9F%98%80', '%00', 'x'.repeat(300)]) {
        const { status, text } = await ask(operation, name, value)
        assert.equal(status, 200, `${value}: ${text}`)
      }
    })
  }
})
