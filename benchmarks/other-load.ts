/** What else the machine does. A benchmark beside other work measures that work as well. */
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const sampleMilliseconds = 1_000
/** A share of all cores. */
const busyShare = 0.1

export interface OtherLoad {
  readonly isBusy: boolean
  readonly description: string
}

/** Samples all cores while this process waits. */
export async function otherLoad(): Promise<OtherLoad> {
  const before = busyAndTotal()
  await pause(sampleMilliseconds)
  const after = busyAndTotal()
  const share = (after.busy - before.busy) / Math.max(1, after.total - before.total)
  return { isBusy: share > busyShare, description: `${Math.round(share * 100)} % of all cores are in use` }
}

function busyAndTotal(): { busy: number; total: number } {
  let [busy, total] = [0, 0]
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle
    total += all
    busy += all - times.idle
  }
  return { busy, total }
}
