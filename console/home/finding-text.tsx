/** Description, action and list of each kind of finding. */
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
  readonly description: string
  readonly actionLabel: string
  /** Shown before the time of the finding. */
  readonly timeLabel: string
  readonly icon: Icon
  readonly tone: 'red' | 'yellow' | 'gray'
  /** The list of all objects with this finding, below the path of the account. */
  readonly list: { readonly to: string; readonly search: Readonly<Record<string, string>> }
}

export const findingText: Readonly<Record<FindingKind, FindingText>> = {
  'token-leaked': {
    description: 'Exposed tokens that are still valid.',
    actionLabel: 'View report',
    timeLabel: 'found',
    icon: AlertFillIcon,
    tone: 'red',
    list: { to: '/leak-reports', search: { actionTaken: 'not-revoked' } },
  },
  'token-expiring': {
    description: 'Rotate them before the programs that use them stop working.',
    actionLabel: 'Rotate',
    timeLabel: 'expires',
    icon: HourglassIcon,
    tone: 'yellow',
    list: { to: '/token-report', search: { finding: 'token-expiring', sort: 'expiresAt' } },
  },
  'owner-inactive': {
    description: 'Their tokens are rejected until the owner is activated again.',
    actionLabel: 'View tokens',
    timeLabel: 'created',
    icon: CircleSlashIcon,
    tone: 'gray',
    list: { to: '/token-report', search: { ownerStatus: 'Inactive' } },
  },
  'service-account-without-policy': {
    description: 'They have no permissions until you add an access policy.',
    actionLabel: 'Add access policy',
    timeLabel: 'created',
    icon: ShieldSlashIcon,
    tone: 'gray',
    list: { to: '/iam/service-accounts', search: { status: 'Active', without: 'policy' } },
  },
  'service-account-without-owner': {
    description: 'Owning teams are notified about expiring, unused and leaked tokens.',
    actionLabel: 'Set owners',
    timeLabel: 'created',
    icon: PeopleIcon,
    tone: 'gray',
    list: { to: '/iam/service-accounts', search: { status: 'Active', without: 'owner' } },
  },
  'token-unused': {
    description: 'Not used for 90 days. Revoke the tokens that are no longer needed.',
    actionLabel: 'Revoke',
    timeLabel: 'unused since',
    icon: HistoryIcon,
    tone: 'gray',
    list: { to: '/token-report', search: { finding: 'token-unused' } },
  },
  'token-without-expiry': {
    description: 'Replace them with tokens that expire, so a forgotten copy stops working.',
    actionLabel: 'Rotate',
    timeLabel: 'created',
    icon: InfinityIcon,
    tone: 'gray',
    list: { to: '/token-report', search: { finding: 'token-without-expiry', sort: 'createdAt' } },
  },
}
