import { type ClientFlags, openServer } from '../client-command.ts'
import type { Finding } from './found.ts'

/** So many places of each token the server is told. */
const placesMax = 10

/** Shows the server what was found: holding a token is all it takes to end it. */
export async function revoke(findings: readonly Finding[], flags: ClientFlags): Promise<void> {
  const { reportLeaks } = await import('@mintmark/client')
  const server = openServer(flags)
  const places = [...Map.groupBy(findings, ({ hash }) => hash).values()]
  // The first place of each comes first: should the server take no more after that, all have ended all the same.
  const ordered = Array.from({ length: placesMax }, (_, at) => places.flatMap((each) => each[at] ?? [])).flat()
  await reportLeaks(
    server,
    ordered.map(({ leak, place: { path, line, commit } }) => ({
      token: leak.token.open(),
      location: { path, line, commit },
    })),
  )
  process.stderr.write(`Shown to ${server.address}: what it minted among them has ended, and the owners are told.\n`)
}
