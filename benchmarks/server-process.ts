/** The real server, as `mintmark serve` starts it, in a separate process. */
import { type Settings, serve } from '@mintmark/authority'
import { serveVitals } from './vitals.ts'

serveVitals()
await serve(JSON.parse(process.argv[2] as string) as Settings, {
  quickstart: false,
  say: () => undefined,
  saySecret: () => undefined,
  ready: (address) => process.send?.({ address }),
})
process.disconnect?.()
