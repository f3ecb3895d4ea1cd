/** The patterns that match tokens of this installation, derived from its public mint mark. */
import { mintMark, patterns } from '@mintmark/token'
import { queryOptions } from '@tanstack/react-query'
import { fetchText } from '../server.ts'

/** Parses the human-readable format: the first line ends with the mint mark, and each value is on the line after its name. */
export const patternsQuery = queryOptions({
  queryKey: ['patterns'],
  queryFn: async () => {
    const page = await fetchText('/leaks/patterns?format=github')
    const mark = mintMark(/mint mark (\S+)$/m.exec(page)?.[1] ?? '')
    return { mark, ...patterns(mark), testString: /^Test string.*\n(\S+)$/m.exec(page)?.[1] ?? '' }
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export type Patterns = Awaited<ReturnType<NonNullable<(typeof patternsQuery)['queryFn']>>>
