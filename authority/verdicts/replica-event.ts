/** Events of the replica that operators should know about. */
import type { World } from '../context.ts'
import type { Differences } from './reconcile.ts'

/** The kinds are labels of a metric. */
export type ReplicaEvent =
  /** Another database or server answers; everything is reloaded before the replica counts as fresh. */
  | { readonly kind: 'database-replaced'; readonly reason: string; readonly sequence: number }
  | {
      readonly kind: 'reloaded'
      readonly reason: string
      /** The newest known change before the reload, and after it. */
      readonly before: number
      readonly sequence: number
      /** False if this node had only fallen too far behind. */
      readonly isOther: boolean
    }
  | { readonly kind: 'reload-failed'; readonly error: Error }
  /** A connection showed an older state than the replica; it was closed and nothing was applied. */
  | { readonly kind: 'older-refused'; readonly error: Error }
  | { readonly kind: 'healed'; readonly differences: Differences }
  | { readonly kind: 'clock'; readonly offset: number; readonly isTrusted: boolean }

export interface LiveReplicaOptions {
  readonly world?: World
  readonly reconcileMilliseconds?: number | undefined
  onEvent?(event: ReplicaEvent): void
}
