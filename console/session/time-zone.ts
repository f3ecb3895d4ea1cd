/** The time zone in which the console shows times: chosen in this browser, or else the one of the browser. */

const key = 'mintmark-time-zone'

let chosen = readStored()

function readStored(): string | null {
  try {
    const stored = localStorage.getItem(key)
    // A browser can stop supporting a zone, and formatting would fail then.
    return stored && Intl.supportedValuesOf('timeZone').includes(stored) ? stored : null
  } catch {
    return null
  }
}

export const browserTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

export const chosenTimeZone = (): string | null => chosen

export const timeZone = (): string => chosen ?? browserTimeZone()

/** Null: the time zone of the browser. */
export function chooseTimeZone(zone: string | null): void {
  chosen = zone
  try {
    if (zone) localStorage.setItem(key, zone)
    else localStorage.removeItem(key)
  } catch {
    // Without storage, the setting lasts until the page is reloaded.
  }
}
