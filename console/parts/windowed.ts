/** Which rows of a long table are drawn: those near the window, the first, the last, and whatever holds the focus. */
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { Drawn, View } from './records-table.tsx'

const phone = matchMedia('(max-width: 47.99em)')

export function useWindowed<T extends { readonly id: string }>(rows: readonly T[]): View<T> {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  /** The row that has or had the focus last. It stays, because the focus returns to it when a dialog closes. */
  const [held, hold] = useState<string>()
  /** As high as the first rows were: then the end of the table is where it seems to be. */
  const usual = useRef<number>(undefined)
  const heldIndex = rows.findIndex(({ id }) => id === held)
  // A scroll has moved nothing yet when it is told, so the columns are measured as one saw them.
  useSteadyColumns(body)
  const virtual = useWindowVirtualizer<HTMLTableRowElement>({
    count: rows.length,
    estimateSize: () => usual.current ?? (phone.matches ? 180 : 58),
    initialRect: { width: innerWidth, height: innerHeight },
    overscan: 8,
    scrollMargin: top,
    getItemKey: useCallback((index: number) => rows[index]?.id ?? index, [rows]),
    // To the fraction of a pixel: a hundred roundings would be seen.
    measureElement: (row) => row.getBoundingClientRect().height,
    rangeExtractor: useCallback((range: Range) => withNeighbours(range, heldIndex), [heldIndex]),
  })
  useLayoutEffect(() => {
    if (!body.current) return
    setTop(body.current.getBoundingClientRect().top + scrollY)
    const { size } = virtual.itemSizeCache
    if (size > 0) usual.current ??= [...virtual.itemSizeCache.values()].reduce((sum, each) => sum + each, 0) / size
  })

  const onFocus = ({ target }: FocusEvent<HTMLElement>) => {
    const row = target.closest('tr')
    if (row && body.current?.contains(row)) hold(rows[Number(row.dataset.index)]?.id)
  }
  let end = top
  const drawn = virtual.getVirtualItems().flatMap((item): Drawn<T>[] => {
    const row = rows[item.index]
    const between = item.start - end
    // Sums of fractions may leave a rest that is no gap.
    const gap = between < 1 ? 0 : between
    end = item.end
    return row ? [{ row, index: item.index, gap }] : []
  })
  return { body, drawn, isWindowed: true, onFocus, measure: virtual.measureElement }
}

/** From the focus the tabulator goes one row on or back; from outside it comes to the first or the last. */
function withNeighbours(range: Range, held: number): number[] {
  const others = held < 0 ? [] : [held - 1, held, held + 1]
  const wanted = new Set([0, ...others, ...defaultRangeExtractor(range), range.count - 1])
  return [...wanted].filter((index) => index >= 0 && index < range.count).sort((one, other) => one - other)
}

/** The columns stay as wide as they were when one began to scroll, whatever stands in the rows that come. */
function useSteadyColumns(body: React.RefObject<HTMLTableSectionElement | null>): void {
  useLayoutEffect(() => {
    const steady = () => {
      const table = body.current?.closest('table')
      if (!table || phone.matches) return
      const headings = [...table.querySelectorAll<HTMLElement>('th[scope]')].filter(({ style }) => !style.width)
      const widths = headings.map(({ offsetWidth }) => `${(100 * offsetWidth) / table.offsetWidth}%`)
      for (const [index, heading] of headings.entries()) heading.style.width = widths[index] as string
    }
    addEventListener('scroll', steady, { passive: true })
    return () => removeEventListener('scroll', steady)
  }, [body])
}
