/** Introspection on the fast path. See `introspect`, which handles everything that is refused here. */
import {
  type IntrospectionServices,
  introspection,
  isStale,
  readClientIp,
} from '../../verdicts/introspection/introspect.ts'
import type { Verdict } from '../../verdicts/verify-token.ts'
import { type Authenticator, bearerOf, countUse, rightsOf } from '../authenticate.ts'
import { formOf } from '../endpoints/read-body.ts'
import { valueCharactersMax } from '../endpoints/read-endpoint.ts'
import type { FastEndpoint, FastResponse } from './fast-path.ts'

export function fastIntrospection(services: Authenticator & IntrospectionServices): FastEndpoint {
  const { verifyOtherToken, whenFresh, replica } = services
  return {
    whenFresh,
    respond: ({ authorization, address, body }) => {
      const caller = verifyOtherToken(bearerOf(authorization) ?? '', address)
      if (caller instanceof Promise || !caller.good) return undefined
      const form = formOf(body.toString())
      const token = form.get('token', valueCharactersMax)
      const clientIp = readClientIp(form.get('client_ip', valueCharactersMax))
      const grants = replica.knownGrants(caller.owner)
      if (!token || clientIp === undefined || !grants) return undefined
      const answer = (verdict: Verdict): FastResponse | undefined => {
        if (isStale(verdict)) return undefined
        countUse(services, caller, { address, operation: 'introspect' })
        const { tokenId } = caller
        const asking = { tokenId, rights: rightsOf(caller, grants), address, clientIp }
        return { tokenId, json: JSON.stringify(introspection(services, asking, verdict)) }
      }
      const verdict = verifyOtherToken(token, clientIp)
      return verdict instanceof Promise ? verdict.then(answer) : answer(verdict)
    },
  }
}
