/** Lists of very large tables: the CPU time of a request, for every declared order and the usual filters. */
import { DatabaseSync } from 'node:sqlite'
import { allOperations, basePath, kebab } from '@mintmark/contract'
import type { Bench } from './benchmarks.ts'
import type { Row } from './figures/row.ts'
import { load, request } from './load.ts'
import { type Server, startAuthority } from './processes.ts'
import type { Store } from './store.ts'

const requestsPerPath = 20
const deepPage = 5_000

interface Measured {
  readonly path: string
  readonly milliseconds: number
}

/** The slowest order of each list counts. */
export async function lists({ store, scale }: Bench): Promise<Row[]> {
  const filled = await store()
  addAuditEvents(filled, scale.tokens)
  const { settings, token, withAll, withFew } = filled
  await using authority = await startAuthority(settings)
  const { account, token: someToken } = samplesOf(filled)
  const requests = Math.min(requestsPerPath, Math.ceil(scale.requests / 25))
  const cost = (path: string) => cpuOfRequest(authority, token, path, { requests, seconds: scale.seconds })
  const slowest = async (path: string, queries: readonly string[]): Promise<Measured> => {
    const measured: Measured[] = []
    for (const query of queries) measured.push({ path: query, milliseconds: await cost(`${path}${query}`) })
    return measured.toSorted((one, other) => other.milliseconds - one.milliseconds)[0] as Measured
  }
  const size = 'page[size]=100'
  const tokensOf = (owner: string) => `/service-accounts/${owner}/access-tokens?`
  const report = `/reports/access-tokens?filter[account]=${account}&`
  const events = `/audit-events?filter[account]=${account}&`
  const pages = Math.max(1, Math.min(deepPage, Math.floor(scale.tokens / 100)))
  const few = await cost(tokensOf(withFew) + size)
  const row = (name: string, { path, milliseconds }: Measured, atMost: number): Row => ({
    name: `${name}: ${path.replace(account, '…') || 'as it is'}`,
    unit: 'ms',
    value: milliseconds,
    target: { atMost },
  })
  const ofOwner = await slowest(tokensOf(withAll), sortsOf('list_service_account_access_tokens', size))
  return [
    {
      name: `tokens of an owner: ${ofOwner.path}`,
      unit: 'ms',
      value: ofOwner.milliseconds,
      baseline: few,
      ratio: ofOwner.milliseconds / few,
      target: { atMost: 5 },
    },
    row('deep page', await slowest(tokensOf(withAll), [`${size}&page[number]=${pages}`]), 20),
    row('token report', await slowest(report, sortsOf('list_access_token_usage', size)), 10),
    row('token report', await slowest(report, [`query=${someToken.slice(-6)}`, 'query=nothing-has-this-name']), 10),
    row('audit events', await slowest(events, sortsOf('list_audit_events', size)), 10),
    row(
      'audit events',
      await slowest(events, [
        `filter[subject-id]=${someToken}`,
        'filter[action]=access-tokens.minted',
        'query=at-0009',
      ]),
      10,
    ),
    row('findings', await slowest('/findings?', [`filter[account]=${account}&page[size]=5&sort=at`]), 20),
    row('overview', await slowest(`/accounts/${account}/overview?`, ['time-zone=Europe/Berlin']), 20),
  ]
}

/** Each order in both directions. */
function sortsOf(operation: string, more: string): string[] {
  const found = allOperations.find(({ id }) => id === operation)
  if (!found) throw new Error(`there is no operation ${operation}`)
  return (found.sort ?? []).flatMap((key) => [`${more}&sort=${kebab(key)}`, `${more}&sort=-${kebab(key)}`])
}

function samplesOf({ file, withAll }: Store): { account: string; token: string } {
  using database = new DatabaseSync(file, { readOnly: true })
  const { account, token } = database
    .prepare('select account_id as account, id as token from access_tokens where owner_id = ? limit 1')
    .get(withAll) as { account: string; token: string }
  return { account, token }
}

/** Milliseconds of CPU time of all threads of the server. */
async function cpuOfRequest(
  server: Server,
  token: string,
  path: string,
  { requests: most, seconds }: { readonly requests: number; readonly seconds: number },
): Promise<number> {
  const sent = [request(`GET ${basePath}${encodeURI(path)}`, { authorization: `Bearer ${token}` })]
  const ask = (requests: number) => load({ address: server.address, connections: 1, requests, seconds, sent })
  await ask(2)
  const before = await server.vitals()
  const { requests } = await ask(most)
  const { processorSeconds } = await server.vitals()
  return ((processorSeconds - before.processorSeconds) / requests) * 1_000
}

/** Sealed as far as the server is concerned; nothing verifies these seals here. */
function addAuditEvents({ file }: Store, count: number): void {
  using database = new DatabaseSync(file)
  database.exec(`pragma synchronous = off;
    insert into audit_events (id, account_id, action, at, actor_type, actor_id, token_id, token_last_characters, address, request_id,
                              subject_type, subject_id, before, after, times, position, seal)
    with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${count})
    select 'ae-b' || substr(10000000 + i, 2), (select id from accounts), case i % 4 when 0 then 'access-tokens.minted' else 'tags.created' end,
           strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i, 'unixepoch'), 'service-accounts', 'sa-' || i % 100, 'at-' || i % 1000, 'abcdef',
           '192.0.2.1', 'req-' || i, 'access-tokens', 'at-' || substr(10000000 + i / 2, 2), null, '{"name":"nightly build"}', 1,
           1000000000 + i, '1:00'
    from numbers;
    analyze`)
}
