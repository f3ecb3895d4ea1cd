/** The parts of a page, chosen by the address so that each can be linked to. */
import { useNavigate, useRouter } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { useAddress } from './address.ts'

export interface Tab {
  readonly key: string
  readonly name: string
}

/** The first one is what the address without a tab means. What was searched and sorted in one is not kept in another. */
export function Tabs({ label, of }: { label: string; of: readonly Tab[] }) {
  const current = useTab(of)
  const router = useRouter()
  const navigate = useNavigate()
  return (
    <nav className="tabs" aria-label={label} onFocus={bringIntoSight}>
      {of.map(({ key, name }, index) => {
        const target = { to: '.', search: (index === 0 ? {} : { tab: key }) as never, resetScroll: false } as const
        const go = (event: MouseEvent) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
          event.preventDefault()
          void navigate(target)
        }
        const isCurrent = key === current
        return (
          <a
            key={key}
            href={router.buildLocation(target).href}
            onClick={go}
            aria-current={isCurrent ? 'page' : undefined}
            data-status={isCurrent ? 'active' : undefined}
          >
            {name}
          </a>
        )
      })}
    </nav>
  )
}

/** On a phone they do not all fit. What scrolls by itself would also move the place from which the tabulator goes on. */
export function bringIntoSight({ target }: { target: Element }): void {
  const around = target.parentElement
  if (!around) return
  const [one, all] = [target.getBoundingClientRect(), around.getBoundingClientRect()]
  around.scrollLeft += Math.max(0, one.right - all.right) - Math.max(0, all.left - one.left)
}

export function useTab(of: readonly Tab[]): string {
  const [{ tab }] = useAddress()
  return of.find(({ key }) => key === tab)?.key ?? of[0]?.key ?? ''
}
