/** The requests of the sign-in endpoints, and responses that contain a session. */
import type { EndpointName, EndpointOf } from '@mintmark/contract'
import type { EndpointRequest, EndpointResult, ResultOf, SessionCaller, Visitor } from '../endpoint-request.ts'
import { type Person, personById } from '../identity/users/person.ts'
import { namesOfAccounts } from './account-names-store.ts'
import { createKnownBrowserCookie } from './known-browser.ts'
import { methodsOf, type SessionOfPerson } from './methods/methods.ts'
import { needsOf } from './methods/session-needs.ts'
import type { SignInServices } from './services.ts'
import { idleExpiry, type Session, stepUpExpiry } from './sessions.ts'
import type { SignedIn } from './sign-in.ts'

export type SessionRequest<N extends EndpointName> = EndpointRequest<EndpointOf<N>, SessionCaller<Person, Session>>
export type VisitorRequest<N extends EndpointName> = EndpointRequest<EndpointOf<N>, Visitor<Session>>

/** Returns the session and its cookies. */
export async function sessionResult(
  services: SignInServices,
  signedIn: SignedIn,
): Promise<ResultOf<'signInWithPassword'>> {
  const { person, cookies } = await cookiesOf(services, signedIn)
  return { json: await sessionBody(services, { person, session: signedIn.session }), cookies }
}

/** Returns the cookies of the session and, if it is unrestricted, of the known browser, with the person's current data. */
export async function cookiesOf(
  { database, baseContext }: SignInServices,
  signedIn: SignedIn,
): Promise<{ person: Person; cookies: NonNullable<EndpointResult['cookies']> }> {
  const person = (await personById(database.read, signedIn.person.id)) ?? signedIn.person
  if (signedIn.session.linkId !== null) return { person, cookies: { session: signedIn.secret } }
  const knownBrowser = createKnownBrowserCookie(baseContext, person)
  return { person, cookies: { session: signedIn.secret, knownBrowser } }
}

export async function sessionBody(services: SignInServices, { person, session }: SessionOfPerson) {
  const { database } = services
  const methods = await methodsOf(database.read, person)
  const { id, address, createdAt, expiresAt, linkId } = session
  return {
    session: {
      id,
      user: { id: person.id, email: person.email, 'full-name': person.fullName },
      accounts: linkId === null ? await namesOfAccounts(database.read, services.accountsOf(person.id)) : [],
      address,
      'created-at': createdAt,
      'expires-at': expiresAt,
      'idle-expires-at': idleExpiry(session),
      'step-up-expires-at': stepUpExpiry(session),
      needs: await needsOf(database.read, person, session),
      methods: {
        password: methods.password.set,
        passkeys: methods.passkeys.length,
        totp: methods.totp.on,
        'recovery-codes': methods.recoveryCodes,
      },
    },
  }
}
