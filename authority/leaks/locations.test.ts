import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsOf, keyOf, type LeakLocation, mergedReportsOf, mergeReports, mergeTwo, oneReport } from './locations.ts'

const at = (path: string): LeakLocation => ({ kind: 'public', repository: 'org/repo', path })
const paths = (count: number, from = 0) => Array.from({ length: count }, (_, i) => at(`file ${from + i}`))
const merged = (locations: readonly LeakLocation[]) =>
  locations.map(oneReport).reduce((known, more) => mergeTwo(known, more))

test('locations are the same if repository, path, line, commit and URL are', () => {
  const location: LeakLocation = { kind: 'public', repository: 'r', path: 'p', line: 7, commit: 'c', url: 'u' }
  const same: LeakLocation[] = [
    { ...location, kind: 'private' },
    { ...location, committedAt: '2030-01-01T00:00:00.000Z' },
  ]
  for (const each of same) assert.equal(keyOf(each), keyOf(location))
  const nothing: LeakLocation = { kind: 'unknown', repository: null, path: null, line: null, commit: null, url: null }
  assert.equal(keyOf(nothing), keyOf({ kind: 'unknown' }))
  assert.equal(keyOf(nothing), keyOf({ kind: 'unknown', repository: '', path: '', line: 0, commit: '', url: '' }))
  const others: LeakLocation[] = [
    ...(['repository', 'path', 'commit', 'url'] as const).flatMap((part) => [
      { ...location, [part]: 'another' },
      { ...location, [part]: null },
    ]),
    { ...location, line: 8 },
    { ...location, line: null },
    { ...location, repository: 'p', path: 'r' },
    { ...location, repository: 'rp', path: '' },
  ]
  assert.equal(new Set([location, ...others].map(keyOf)).size, others.length + 1)
})

test('reports of one token become one, in the order of first reports, which counts reports and locations', () => {
  const [one, two, three] = [at('1'), at('2'), at('3')]
  const found = [
    { text: 'b', location: one },
    { text: 'a', location: two },
    { text: 'b', location: three },
    { text: 'b', location: one },
    { text: 'b', location: three },
  ]
  assert.deepEqual(mergeReports(found), [
    { text: 'b', merged: { first: one, others: [three], locations: 2, times: 4 } },
    { text: 'a', merged: { first: two, others: [], locations: 1, times: 1 } },
  ])
  assert.deepEqual(mergeReports([]), [])
})

test('the first ten locations are kept, and more are counted', () => {
  const ten = merged(paths(10))
  assert.deepEqual(ten, { first: at('file 0'), others: paths(9, 1), locations: 10, times: 10 })
  assert.deepEqual(mergeTwo(ten, oneReport(at('file 9'))), { ...ten, times: 11 })
  assert.deepEqual(mergeTwo(ten, oneReport(at('more'))), { ...ten, locations: 11, times: 11 })
})

test('merging two sets of reports counts a location of both once, and those that neither keeps', () => {
  const known = merged(paths(3))
  const more = { ...merged(paths(3, 2)), locations: 5, times: 20 }
  assert.deepEqual(mergeTwo(known, more), {
    first: at('file 0'),
    others: paths(4, 1),
    // Five different ones, and two that `more` counted without keeping.
    locations: 7,
    times: 23,
  })
  assert.deepEqual(known, merged(paths(3)))
})

test('a location that is reported twice at once is counted once', () => {
  const more = { first: at('new'), others: [at('new')], locations: 2, times: 2 }
  assert.deepEqual(mergeTwo(oneReport(at('known')), more), {
    first: at('known'),
    others: [at('new')],
    locations: 2,
    times: 3,
  })
})

test('stored reports are read as they were written', () => {
  const first: LeakLocation = { kind: 'private', repository: 'r', path: 'p', line: 7, commit: 'c', url: 'u' }
  for (const others of [[], paths(2)]) {
    const reports = { first, others, locations: 5, times: 9 }
    const { kind, commit, ...location } = first
    const row = { locationKind: kind, commitId: commit ?? null, ...location, ...columnsOf(reports) }
    assert.deepEqual(mergedReportsOf(row as Parameters<typeof mergedReportsOf>[0]), reports)
  }
  assert.deepEqual(columnsOf(oneReport(first)), { times: 1, locations: 1, otherLocations: null })
})
