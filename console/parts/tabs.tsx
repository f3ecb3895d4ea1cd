/** The parts of a page, chosen by the address so that each can be linked to. */
import { Link } from '@tanstack/react-router'
import { useAddress } from './address.ts'

export interface Tab {
  readonly key: string
  readonly name: string
}

export function Tabs({ label, of }: { label: string; of: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {of.map(({ key, name }, index) => (
        <Link
          key={key}
          to="."
          search={{ tab: index === 0 ? undefined : key } as never}
          activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}

export function useTab(of: readonly Tab[]): string {
  const [{ tab }] = useAddress()
  return of.find(({ key }) => key === tab)?.key ?? of[0]?.key ?? ''
}
