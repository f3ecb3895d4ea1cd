/** Title, description and action of each kind of finding. */
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

interface FindingText {
  readonly title: string
  readonly description: string
  readonly actionLabel: string
  /** Shown before the time of the finding. */
  readonly timeLabel: string
  readonly icon: Icon
  readonly tone: 'red' | 'yellow' | 'gray'
}

export const findingText: Readonly<Record<FindingKind, FindingText>> = {
  'token-leaked': {
    title: 'Leaked tokens',
    description: 'Exposed tokens that are still valid.',
    actionLabel: 'View report',
    timeLabel: 'found',
    icon: AlertFillIcon,
    tone: 'red',
  },
  'token-expiring': {
    title: 'Tokens about to expire',
    description: 'Rotate them before the programs that use them stop working.',
    actionLabel: 'Rotate',
    timeLabel: 'expires',
    icon: HourglassIcon,
    tone: 'yellow',
  },
  'owner-inactive': {
    title: 'Tokens of inactive owners',
    description: 'Their tokens are rejected until the owner is activated again.',
    actionLabel: 'View tokens',
    timeLabel: 'created',
    icon: CircleSlashIcon,
    tone: 'gray',
  },
  'service-account-without-policy': {
    title: 'Service accounts without access',
    description: 'They have no permissions until you add an access policy.',
    actionLabel: 'Add access policy',
    timeLabel: 'created',
    icon: ShieldSlashIcon,
    tone: 'gray',
  },
  'service-account-without-owner': {
    title: 'Service accounts without an owner',
    description: 'Owning teams are notified about expiring, unused and leaked tokens.',
    actionLabel: 'Set owners',
    timeLabel: 'created',
    icon: PeopleIcon,
    tone: 'gray',
  },
  'token-unused': {
    title: 'Unused tokens',
    description: 'Not used for 90 days. Revoke the tokens that are no longer needed.',
    actionLabel: 'Revoke',
    timeLabel: 'unused since',
    icon: HistoryIcon,
    tone: 'gray',
  },
  'token-without-expiry': {
    title: 'Tokens that never expire',
    description: 'Replace them with tokens that expire, so a forgotten copy stops working.',
    actionLabel: 'Rotate',
    timeLabel: 'created',
    icon: InfinityIcon,
    tone: 'gray',
  },
}
