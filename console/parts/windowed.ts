/** Windowing of long tables: renders the rows near the viewport, the first, the last, and the row with the focus. */
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { DrawnRow, View } from './records-table.tsx'

const isPhone = matchMedia('(max-width: 47.99em)')

export function useWindowed<T extends { readonly id: string }>(rows: readonly T[]): View<T> {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  /** The ID of the last focused row. It stays rendered because the focus returns to it when a dialog closes. */
  const [focusedId, setFocusedId] = useState<string>()
  /** The average height of the first rows, to estimate the height of the table. */
  const usual = useRef<number>(undefined)
  const focusedIndex = rows.findIndex(({ id }) => id === focusedId)
  // Scroll events fire before rows change, so the columns are measured in their visible state.
  useSteadyColumns(body)
  const virtual = useWindowVirtualizer<HTMLTableRowElement>({
    count: rows.length,
    estimateSize: () => usual.current ?? (isPhone.matches ? 180 : 58),
    initialRect: { width: innerWidth, height: innerHeight },
    overscan: 8,
    scrollMargin: top,
    getItemKey: useCallback((index: number) => rows[index]?.id ?? index, [rows]),
    // Fractional pixels: rounding errors of a hundred rows would be visible.
    measureElement: (row) => row.getBoundingClientRect().height,
    rangeExtractor: useCallback((range: Range) => withNeighbours(range, focusedIndex), [focusedIndex]),
  })
  useLayoutEffect(() => {
    if (!body.current) return
    setTop(body.current.getBoundingClientRect().top + scrollY)
    const { size } = virtual.itemSizeCache
    if (size > 0) usual.current ??= [...virtual.itemSizeCache.values()].reduce((sum, each) => sum + each, 0) / size
  })

  const onFocus = ({ target }: FocusEvent<HTMLElement>) => {
    const row = target.closest('tr')
    if (row && body.current?.contains(row)) setFocusedId(rows[Number(row.dataset['index'])]?.id)
  }
  let end = top
  const drawn = virtual.getVirtualItems().flatMap((item): DrawnRow<T>[] => {
    const row = rows[item.index]
    const between = item.start - end
    // Ignore gaps that are only rounding errors.
    const gap = between < 1 ? 0 : between
    end = item.end
    return row ? [{ row, index: item.index, gap }] : []
  })
  return { body, drawn, isWindowed: true, onFocus, measure: virtual.measureElement }
}

/** Tab moves one row forward or back from the focused row, or enters the table at the first or last row. */
function withNeighbours(range: Range, focused: number): number[] {
  const others = focused < 0 ? [] : [focused - 1, focused, focused + 1]
  const wanted = new Set([0, ...others, ...defaultRangeExtractor(range), range.count - 1])
  return [...wanted].filter((index) => index >= 0 && index < range.count).sort((one, other) => one - other)
}

/** Fixes the column widths on the first scroll, so that new rows do not change them. */
function useSteadyColumns(body: React.RefObject<HTMLTableSectionElement | null>): void {
  useLayoutEffect(() => {
    const steady = () => {
      const table = body.current?.closest('table')
      if (!table || isPhone.matches) return
      const headings = [...table.querySelectorAll<HTMLElement>('th[scope]')].filter(({ style }) => !style.width)
      const widths = headings.map(({ offsetWidth }) => `${(100 * offsetWidth) / table.offsetWidth}%`)
      for (const [index, heading] of headings.entries()) heading.style.width = widths[index] as string
    }
    addEventListener('scroll', steady, { passive: true })
    return () => removeEventListener('scroll', steady)
  }, [body])
}
