import { basePath } from '@mintmark/contract'
import type { Bench } from './benchmarks.ts'
import { load, request } from './load.ts'
import { startAuthority } from './processes.ts'
import { compared, type Row, takeTurns } from './row.ts'

/** The first page of a list of many tokens, beside the first page of a thousand. */
export async function listPage({ store, scale }: Bench): Promise<Row[]> {
  const { settings, token, withAll, withFew } = await store()
  await using authority = await startAuthority(settings)
  const milliseconds = async (serviceAccount: string) => {
    const path = `${basePath}/service-accounts/${serviceAccount}/access-tokens?page%5Bsize%5D=100`
    const answered = await load({
      address: authority.address,
      connections: 1,
      requests: Math.min(scale.requests, 100),
      seconds: scale.seconds / 2,
      sent: [request(`GET ${path}`, { authorization: `Bearer ${token}` })],
    })
    return answered.medianMilliseconds
  }
  const turns = await takeTurns(
    scale.turns,
    () => milliseconds(withAll),
    () => milliseconds(withFew),
  )
  const name = `first page of ${scale.tokens.toLocaleString('en')} beside 1,000 tokens`
  return [{ name, unit: 'ms', ...compared(turns), target: { atMost: 5 } }]
}
