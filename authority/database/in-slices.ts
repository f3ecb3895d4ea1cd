/** Databases limit the number of parameters per statement, and a long statement blocks others. */
const idsPerStatement = 500

/** Runs `find` for slices of ids and returns all results. For lists of ids of any length. */
export async function inSlices<T>(
  ids: readonly string[],
  find: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let at = 0; at < ids.length; at += idsPerStatement)
    found.push(...(await find(ids.slice(at, at + idsPerStatement))))
  return found
}
