/** Handles the signals that stop or reload the server. */
import cluster from 'node:cluster'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface StopSignals {
  /** Resolves when the server should stop: with `drain`, after the drain period, otherwise immediately. */
  readonly stopping: Promise<{ readonly drain: boolean }>
  /** Waits until load balancers have noticed. A later SIGINT ends the wait. */
  drained(milliseconds: number): Promise<void>
}

/**
 * SIGTERM starts a drain; SIGINT, a closed IPC channel to the launcher and a closed terminal stop immediately. SIGHUP reloads.
 * Signals may arrive twice, since npm and a terminal both pass them on, and the second must not cut short what the first
 * started.
 */
export function stopSignals(reload: () => void): StopSignals {
  const hurry = new AbortController()
  const hadTerminal = hasTerminal()
  const stopping = new Promise<{ drain: boolean }>((resolve) => {
    const now = () => {
      hurry.abort()
      resolve({ drain: false })
    }
    process.on('SIGTERM', () => resolve({ drain: true }))
    process.on('SIGINT', now)
    process.on('SIGHUP', () => (hadTerminal && !hasTerminal() ? now() : reload()))
    if (process.connected) {
      process.on('disconnect', now)
      // Without unref, the channel alone would keep the process alive. A worker listens through it and ends it itself.
      if (!cluster.isWorker) process.channel?.unref()
    }
  })
  return {
    stopping,
    drained: (milliseconds) => pause(milliseconds, undefined, { signal: hurry.signal }).catch(() => undefined),
  }
}

/** SIGHUP has two meanings: the operator requests a reload, or the terminal was closed. */
export function hasTerminal(): boolean {
  // Under nohup, or with output to a file, the process should survive the terminal.
  if (!process.stdin.isTTY && !process.stdout.isTTY && !process.stderr.isTTY) return false
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
