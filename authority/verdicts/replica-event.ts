/** What a node learns about its replica that an operator has to know. */
import type { World } from '../context.ts'
import type { Differences } from './reconcile.ts'

/** The kinds are labels of a metric. */
export type ReplicaEvent =
  /** Another database or server answers than before; everything is read again before anything counts as fresh. */
  | { readonly kind: 'database-replaced'; readonly reason: string; readonly sequence: number }
  | {
      readonly kind: 'reloaded'
      readonly reason: string
      /** The newest change that was known before, and the newest one now. */
      readonly before: number
      readonly sequence: number
      /** False: this node was only too far behind. */
      readonly isOther: boolean
    }
  | { readonly kind: 'reload-failed'; readonly error: Error }
  /** A connection showed less than was already known; it was closed and nothing was applied. */
  | { readonly kind: 'older-refused'; readonly error: Error }
  | { readonly kind: 'healed'; readonly differences: Differences }
  | { readonly kind: 'clock'; readonly offset: number; readonly isTrusted: boolean }

export interface LiveReplicaOptions {
  readonly world?: World
  readonly reconcileMilliseconds?: number | undefined
  onEvent?(event: ReplicaEvent): void
}
