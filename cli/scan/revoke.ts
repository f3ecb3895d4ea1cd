import { type ClientFlags, openServer } from '../client-command.ts'
import type { Finding } from './report.ts'

/** Maximum of locations reported per token. */
const locationsMax = 10

/** Reports the tokens to the server, which revokes them. Needs no token: any token holder may revoke a token. */
export async function revoke(findings: readonly Finding[], flags: ClientFlags): Promise<void> {
  const { reportLeaks } = await import('@mintmark/client')
  const server = openServer(flags)
  const findingsByToken = [...Map.groupBy(findings, ({ hash }) => hash).values()]
  // Report one location of each token before further ones, so that all are revoked even if the server then rate limits.
  const ordered = Array.from({ length: locationsMax }, (_, at) =>
    findingsByToken.flatMap((each) => each[at] ?? []),
  ).flat()
  await reportLeaks(
    server,
    ordered.map(({ leak, location: { path, line, commit } }) => ({
      token: leak.token.open(),
      location: { path, line, commit },
    })),
  )
  process.stderr.write(
    `Reported the tokens to ${server.address}. The server revokes the tokens that it issued and notifies their owners.\n`,
  )
}
