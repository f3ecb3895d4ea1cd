/** Why a running server stops, and when it reloads. */
import { closeSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface StopSignals {
  /** Resolves when the server is to stop: after `drainMilliseconds`, or at once. */
  readonly stopping: Promise<{ readonly drain: boolean }>
  /** Waits for the load balancers in front to notice. A later SIGINT ends the wait. */
  drained(milliseconds: number): Promise<void>
}

/**
 * SIGTERM asks for a drain first; SIGINT, the end of the launcher that holds an IPC channel, and the end of the terminal
 * stop at once. SIGHUP reloads. All of them may come again: npm and a terminal both pass a signal on, and the second must
 * not cut short what the first began.
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
      // Only told about: the channel alone must not keep the process alive.
      process.channel?.unref()
    }
  })
  return {
    stopping,
    drained: (milliseconds) => pause(milliseconds, undefined, { signal: hurry.signal }).catch(() => undefined),
  }
}

/** SIGHUP means two things: an operator's "reload", and the kernel's "your terminal is gone". */
function hasTerminal(): boolean {
  // Under nohup, or with its output in a file, the process is meant to outlive the terminal.
  if (!process.stdin.isTTY && !process.stdout.isTTY && !process.stderr.isTTY) return false
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
