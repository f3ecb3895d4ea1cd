/** What finds the tokens of this installation in text, made here from the mint mark that the server tells everybody. */
import { mintMark, patterns } from '@mintmark/token'
import { queryOptions } from '@tanstack/react-query'
import { text } from '../server.ts'

/** The page for people: its first line ends in the mark, and every value stands alone below its name. */
export const patternsQuery = queryOptions({
  queryKey: ['patterns'],
  queryFn: async () => {
    const page = await text('/leaks/patterns?format=github')
    const mark = mintMark(/mint mark (\S+)$/m.exec(page)?.[1] ?? '')
    return { mark, ...patterns(mark), testString: /^Test string.*\n(\S+)$/m.exec(page)?.[1] ?? '' }
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export type Patterns = Awaited<ReturnType<NonNullable<(typeof patternsQuery)['queryFn']>>>
