/** The tabs of a page. The selected tab is kept in the URL, so that it can be linked. */
import { useNavigate, useRouter } from '@tanstack/react-router'
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react'
import { type UrlQuery, useUrlQuery } from './url-query.ts'

export interface Tab {
  readonly key: string
  readonly name: string
}

/** A URL without a tab shows the first one. Search and sort are not carried over to another tab. */
export function Tabs({ label, of }: { label: string; of: readonly Tab[] }) {
  const current = useTab(of)
  return (
    <TabBar label={label} current={current}>
      {of.map(({ key, name }, index) => (
        <TabLink key={key} search={index === 0 ? {} : { tab: key }} isCurrent={key === current}>
          {name}
        </TabLink>
      ))}
    </TabBar>
  )
}

interface TabLink {
  /** The URL query of the tab. */
  readonly search: UrlQuery
  readonly isCurrent: boolean
  readonly children: ReactNode
}

export function TabLink({ search, isCurrent, children }: TabLink) {
  const router = useRouter()
  const navigate = useNavigate()
  const target = { to: '.', search: search as never, resetScroll: false } as const
  const go = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void navigate(target)
  }
  return (
    <a
      href={router.buildLocation(target).href}
      onClick={go}
      aria-current={isCurrent ? 'page' : undefined}
      data-status={isCurrent ? 'active' : undefined}
    >
      {children}
    </a>
  )
}

export function useTab(of: readonly Tab[]): string {
  const [{ tab }] = useUrlQuery()
  return of.find(({ key }) => key === tab)?.key ?? of[0]?.key ?? ''
}

/** The width of the fade at a clipped end. */
const fadePixels = 32

/** A row of links that can be wider than the screen. The current link is scrolled into view, and clipped ends fade out. */
export function TabBar({ label, current, children }: { label: string; current: string; children: ReactNode }) {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    const bar = ref.current
    if (!bar) return
    const mark = () => {
      bar.dataset['before'] = String(bar.scrollLeft > 1)
      bar.dataset['after'] = String(bar.scrollLeft + bar.clientWidth < bar.scrollWidth - 1)
    }
    // The observer also fires once initially.
    const observer = new ResizeObserver(() => {
      showCurrent(bar)
      mark()
    })
    observer.observe(bar)
    bar.addEventListener('scroll', mark)
    return () => {
      observer.disconnect()
      bar.removeEventListener('scroll', mark)
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the current tab changes
  useEffect(() => {
    if (ref.current) showCurrent(ref.current)
  }, [current])
  return (
    <nav
      className="tabs"
      aria-label={label}
      ref={ref}
      style={{ '--fade': `${fadePixels}px` } as object}
      onFocus={({ currentTarget, target }) => showTab(currentTarget, target)}
    >
      {children}
    </nav>
  )
}

const showCurrent = (bar: HTMLElement): void => showTab(bar, bar.querySelector('[aria-current]'))

/** Scrolls horizontally only: `scrollIntoView` would also scroll the page and move the sequential focus start. */
function showTab(bar: HTMLElement, tab: Element | null): void {
  const at = tab?.getBoundingClientRect()
  if (!at) return
  const { left, right } = bar.getBoundingClientRect()
  if (at.left < left + fadePixels) bar.scrollLeft += at.left - left - fadePixels
  else if (at.right > right - fadePixels) bar.scrollLeft += at.right - right + fadePixels
}
