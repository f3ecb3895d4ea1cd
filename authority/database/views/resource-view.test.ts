/** Compiler checks of views and handlers: each `@ts-expect-error` below is a mistake that must not compile. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { flag, integer, nullable, resource, text, toMany, toOne } from '@mintmark/contract'
import { type OperationHandlers, serve } from '../../jsonapi/served-resource.ts'
import { booleanColumns, columnsOf, fixedView, type RecordIn, resourceView } from './resource-view.ts'

const boxes = resource({
  type: 'boxes',
  className: 'Box',
  prefix: 'box',
  about: 'A resource of this test, stored in the table of tags.',
  attributes: {
    name: text({ about: 'Its name.', writable: 'always', required: true }),
    size: integer({ about: 'Its size.', min: 1, max: 9, writable: 'create', fallback: 1 }),
    note: nullable(text({ about: 'A note.', writable: 'always' })),
    key: text({ about: 'Shown at creation.', shownOnce: true }),
    password: text({ about: 'Never shown.', writable: 'create', writeOnly: true }),
  },
  relations: {
    account: toOne('accounts', { about: 'Its account.' }),
    lids: toMany('lids', { about: 'Its lids.' }),
    run: toOne('runs', { about: 'Always empty.', alwaysEmpty: true }),
  },
  operations: {
    list: { id: 'list_boxes', permission: 'boxes:read', filters: ['name', 'box'], sort: ['name'] },
    show: { id: 'get_box', permission: 'boxes:read', filters: ['onlyOfLists'] },
    listOfShelf: {
      id: 'list_shelf_boxes',
      kind: 'list',
      permission: 'boxes:read',
      under: 'shelf',
      filters: ['name'],
      sort: ['size'],
    },
    create: { id: 'create_box', permission: 'boxes:create' },
    update: { id: 'update_box', permission: 'boxes:update' },
  },
})

const columns = columnsOf('tags', 'id', 'accountId', 'name')
const filters = { name: 't.name', box: 't.id', shelf: 't.account_id' }
const sorts = { name: 't.name', size: 't.id' }
const members = { size: 1, note: null, lids: [] }
const base = { from: 'tags t', columns, search: [], scope: {} } as const
const paths = () => []

const boxView = resourceView(boxes, {
  ...base,
  filters,
  internalFilters: { own: 't.account_id' },
  sorts,
  complete: (_, rows) => rows.map((row) => ({ ...row, ...members, weight: 2 })),
  paths: ({ accountId, weight }) => (weight > 1 ? [{ account: accountId }] : []),
})
type BoxRecord = RecordIn<typeof boxView>

describe('a view that does not serve its resource does not compile', () => {
  const complete = {
    complete: (_: unknown, rows: readonly { id: string; accountId: string; name: string }[]) =>
      rows.map((row) => ({ ...row, ...members })),
  }

  test('a filter without SQL, and SQL for a filter that no list declares', () => {
    // @ts-expect-error: the filter `box` has no SQL.
    resourceView(boxes, { ...base, ...complete, sorts, paths, filters: { name: 't.name', shelf: 't.account_id' } })
    // @ts-expect-error: the parent that a list is nested under has no SQL.
    resourceView(boxes, { ...base, ...complete, sorts, paths, filters: { name: 't.name', box: 't.id' } })
    resourceView(boxes, {
      ...base,
      ...complete,
      sorts,
      paths,
      // @ts-expect-error: no list declares a filter `onlyOfLists`.
      filters: { name: 't.name', box: 't.id', shelf: 't.id', onlyOfLists: 't.id' },
    })
  })

  test('SQL for a filter or sort key of a resource whose list declares none', () => {
    const unfiltered = resource({
      ...boxes,
      attributes: {},
      relations: {},
      operations: { list: { id: 'list_unfiltered', permission: 'boxes:read' } },
    })
    const rest = { ...base, paths, complete: (_: unknown, rows: readonly { id: string }[]) => rows }
    // @ts-expect-error: no list declares a filter.
    resourceView(unfiltered, { ...rest, sorts: {}, filters: { name: 't.name' } })
    // @ts-expect-error: no list declares a sort key.
    resourceView(unfiltered, { ...rest, filters: {}, sorts: { name: 't.name' } })
    resourceView(unfiltered, { ...rest, filters: {}, sorts: {} })
  })

  test('a sort key without SQL, and SQL for a sort key that no list declares', () => {
    // @ts-expect-error: the sort key `size` has no SQL.
    resourceView(boxes, { ...base, ...complete, filters, paths, sorts: { name: 't.name' } })
    resourceView(boxes, {
      ...base,
      ...complete,
      filters,
      paths,
      // @ts-expect-error: no list declares a sort key `color`.
      sorts: { name: 't.name', size: 't.id', color: 't.id' },
    })
  })

  test('an attribute or relation that no record has, or of another kind', () => {
    const rest = { ...base, filters, sorts, paths }
    // @ts-expect-error: the attribute `note` is missing.
    resourceView(boxes, { ...rest, complete: (_, rows) => rows.map((row) => ({ ...row, size: 1, lids: [] })) })
    // @ts-expect-error: the relation `lids` is missing.
    resourceView(boxes, { ...rest, complete: (_, rows) => rows.map((row) => ({ ...row, size: 1, note: null })) })
    // @ts-expect-error: `size` is a number.
    resourceView(boxes, { ...rest, complete: (_, rows) => rows.map((row) => ({ ...row, ...members, size: '1' })) })
    // @ts-expect-error: `name` is never null.
    resourceView(boxes, { ...rest, complete: (_, rows) => rows.map((row) => ({ ...row, ...members, name: null })) })
  })

  test('a column that the table does not have', () => {
    // @ts-expect-error: tags have no column `size`.
    columnsOf('tags', 'id', 'size')
    // @ts-expect-error: `name` is not a flag.
    const shown = (row: { name: string }) => booleanColumns(row, 'name')
    assert.ok(shown)
  })

  test('a fixed view of a resource whose list filters or sorts', () => {
    // @ts-expect-error: a fixed view cannot filter.
    fixedView(boxes, [])
  })
})

describe('a handler that does not fit its operation does not compile', () => {
  const create = async () => ({ id: 'box-1' })
  const update = async () => undefined

  test('a missing handler, one too many, and one for another record', () => {
    // @ts-expect-error: the operation `update` has no handler.
    const missing: OperationHandlers<typeof boxes, BoxRecord> = { create }
    // @ts-expect-error: no operation is called `empty`.
    const extra: OperationHandlers<typeof boxes, BoxRecord> = { create, update, empty: update }
    const other = async (_context: unknown, _record: { id: string; color: string }) => undefined
    // @ts-expect-error: the record of the view has no `color`.
    const foreign: OperationHandlers<typeof boxes, BoxRecord> = { create, update: other }
    assert.ok(missing && extra && foreign)
  })

  test('the input of a create handler has what is required or has a default, and nothing else for certain', () => {
    const handlers: OperationHandlers<typeof boxes, BoxRecord> = {
      create: async (_context, input) => {
        const certain: [string, number] = [input.name, input.size]
        // @ts-expect-error: `note` may be absent.
        const note: string | null = input.note
        return { id: [...certain, note].join() }
      },
      update: async (_context, record, input) => {
        const known: [string, string, number] = [record.accountId, record.name, record.weight]
        // @ts-expect-error: an update need not contain the name.
        const name: string = input.name
        // @ts-expect-error: no record has a secret that is shown once.
        assert.ok([known, name, record.key])
      },
    }
    assert.equal(serve(boxView, handlers).resource, boxes)
  })
})

describe('a declaration with a misspelled member does not compile', () => {
  test('of attributes and relations', () => {
    // @ts-expect-error: the member is called `required`.
    assert.ok(flag({ about: 'A flag.', requierd: true }))
    // @ts-expect-error: the member is called `alwaysEmpty`.
    assert.ok(toOne('runs', { about: 'Always empty.', alwaysEmtpy: true }))
  })
})

test('a view selects the declared columns under the names of the database, and serves internal filters too', () => {
  assert.equal(boxView.select, 't.id as "id", t.account_id as "account_id", t.name as "name"')
  assert.deepEqual(Object.keys(boxView.filters), ['name', 'box', 'shelf', 'own'])
})
