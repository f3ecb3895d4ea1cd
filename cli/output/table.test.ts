import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labelled, table } from './table.ts'

test('columns are aligned with their headers', () => {
  const rows = [
    ['a', 'long name', null],
    ['äöü-1', '', 'z'],
  ]
  const lines = ['ID     NAME       X', 'a      long name  -', 'äöü-1  -          z']
  assert.equal(table(['ID', 'NAME', 'X'], rows, ''), lines.join('\n'))
  assert.equal(table(['ID'], [], 'There is none.'), 'There is none.')
})

test('a label without a value is omitted', () => {
  const lines = [['Id', 'x'] as const, ['Owners', undefined] as const, ['Name', 'y'] as const, ['', 'more'] as const]
  assert.equal(labelled(lines), 'Id    x\nName  y\n      more')
})

test('characters of double width are aligned', () => {
  const rows = [
    ['東京', '1'],
    ['a', '2'],
  ]
  assert.equal(table(['NAME', 'X'], rows, ''), 'NAME  X\n東京  1\na     2')
})

test('on a terminal the widest columns are shortened, IDs never, and nothing else', () => {
  const names = ['ID', 'NAME', 'DESCRIPTION']
  const rows = [['at-v0o1234567890abcd', 'a short name', 'a description that is much too long for the line']]
  const [header = '', row = ''] = table(names, rows, '', { columns: 60 }).split('\n')
  assert.equal(row, 'at-v0o1234567890abcd  a short name  a description that is m…')
  assert.ok(header.length <= 60)
  assert.equal(table(names, rows, '', { columns: 200 }), table(names, rows, '', { columns: undefined }))
  assert.match(table(names, rows, '', { columns: 10 }), /at-v0o1234567890abcd {2}a short… {2}a descript…$/)
})
