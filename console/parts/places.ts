/** Where one can go: for the navigation and for the command palette. */
import { HubotIcon } from '@primer/octicons-react'

export interface Place {
  readonly name: string
  readonly to: string
  readonly icon: typeof HubotIcon
  readonly exact?: boolean
}

export interface PlaceGroup {
  readonly name: string | null
  readonly places: readonly Place[]
}

export const placesOf = (account: string): readonly PlaceGroup[] => [
  {
    name: 'Access',
    places: [{ name: 'Service accounts', to: `/${account}/iam/service-accounts`, icon: HubotIcon }],
  },
]
