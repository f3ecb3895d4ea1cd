/** A statement takes only so many parameters, and others are not kept waiting by a long one. */
const idsPerStatement = 500

/** What is found for ids of which there may be very many, a slice of them in each statement. */
export async function inSlices<T>(
  ids: readonly string[],
  find: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let at = 0; at < ids.length; at += idsPerStatement)
    found.push(...(await find(ids.slice(at, at + idsPerStatement))))
  return found
}
