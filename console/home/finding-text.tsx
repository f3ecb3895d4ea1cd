/** What each kind of concern is called, why it matters, and the one act that ends it. */
import type { Found } from '@mintmark/client'
import type { findingKinds, findings } from '@mintmark/contract'
import {
  AlertFillIcon,
  CircleSlashIcon,
  HistoryIcon,
  HourglassIcon,
  type Icon,
  InfinityIcon,
  PeopleIcon,
  ShieldSlashIcon,
} from '@primer/octicons-react'

export type Finding = Found<typeof findings>
export type FindingKind = (typeof findingKinds)[number]

interface Words {
  readonly title: string
  readonly about: string
  readonly deed: string
  /** Before the time that matters. */
  readonly when: string
  readonly icon: Icon
  readonly tone: 'red' | 'yellow' | 'gray'
}

export const wordsOf: Readonly<Record<FindingKind, Words>> = {
  'token-leaked': {
    title: 'Leaked tokens',
    about: 'Found where they should not be, and still honoured.',
    deed: 'Open report',
    when: 'found',
    icon: AlertFillIcon,
    tone: 'red',
  },
  'token-expiring': {
    title: 'Tokens about to end',
    about: 'Rotate them before whatever uses them stops.',
    deed: 'Rotate',
    when: 'ends',
    icon: HourglassIcon,
    tone: 'yellow',
  },
  'owner-inactive': {
    title: 'Inactive owners with tokens',
    about: 'Their tokens are refused, and come back to life when the owner is activated.',
    deed: 'See tokens',
    when: 'there since',
    icon: CircleSlashIcon,
    tone: 'gray',
  },
  'service-account-without-policy': {
    title: 'Service accounts without access',
    about: 'They can do nothing until they have an access policy.',
    deed: 'Give access',
    when: 'created',
    icon: ShieldSlashIcon,
    tone: 'gray',
  },
  'service-account-without-owner': {
    title: 'Service accounts nobody answers for',
    about: 'A team that owns one hears of it when something is wrong.',
    deed: 'Set owners',
    when: 'created',
    icon: PeopleIcon,
    tone: 'gray',
  },
  'token-unused': {
    title: 'Unused tokens',
    about: 'Not used for 90 days. What nobody needs should not lie around.',
    deed: 'Delete',
    when: 'unused since',
    icon: HistoryIcon,
    tone: 'gray',
  },
  'token-without-expiry': {
    title: 'Tokens that never end',
    about: 'Rotate them to ones that do, so that a copy somewhere dies by itself.',
    deed: 'Rotate',
    when: 'created',
    icon: InfinityIcon,
    tone: 'gray',
  },
}
