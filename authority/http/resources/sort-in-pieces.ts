const entriesPerPiece = 2_000

/** A stable merge sort that yields to other work: sorting 100,000 entries at once would block the event loop. */
export async function sortInPieces<T>(entries: readonly T[], compare: (one: T, other: T) => number): Promise<T[]> {
  let runs: T[][] = []
  for (let at = 0; at < entries.length; at += entriesPerPiece) {
    runs.push(entries.slice(at, at + entriesPerPiece).sort(compare))
    await new Promise(setImmediate)
  }
  while (runs.length > 1) {
    const merged: T[][] = []
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] as T[], runs[at + 1] ?? [], compare))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<T>(one: T[], other: T[], compare: (one: T, other: T) => number): Promise<T[]> {
  const merged: T[] = []
  let [left, right] = [0, 0]
  while (left < one.length || right < other.length) {
    const isLeft = right >= other.length || (left < one.length && compare(one[left] as T, other[right] as T) <= 0)
    merged.push(isLeft ? (one[left++] as T) : (other[right++] as T))
    if (merged.length % entriesPerPiece === 0) await new Promise(setImmediate)
  }
  return merged
}
