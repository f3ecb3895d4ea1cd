/** The endpoints for signing in and out. */
import type { ResultOf } from '../endpoint-request.ts'
import { personById } from '../identity/users/person.ts'
import { namesOfAccounts } from './account-names-store.ts'
import { findLink, invalidLink } from './links/links.ts'
import { isForExistingMember } from './links/usable-links.ts'
import { signInOptions } from './methods/passkeys.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from './services.ts'
import { sessionBody, sessionResult, type VisitorRequest } from './session-answer.ts'
import { endSession, type Session } from './sessions.ts'
import { type SignedIn, signInWithLink, signInWithPasskey, signInWithPassword } from './sign-in.ts'

export async function getSession(
  services: SignInServices,
  { caller, request: { address } }: VisitorRequest<'getSession'>,
): Promise<ResultOf<'getSession'>> {
  const session = await caller.findSession()
  const person = session && (await personById(services.database.read, session.userId))
  if (!session || !person) return { json: { session: null } }
  return { json: await sessionBody(services, { person, session: { ...session, address } }) }
}

export const enterWithPassword = (services: SignInServices, request: VisitorRequest<'signInWithPassword'>) =>
  enter(services, request, () => signInWithPassword(services, request, request.body))

export const enterWithPasskey = (services: SignInServices, request: VisitorRequest<'signInWithPasskey'>) =>
  enter(services, request, () =>
    signInWithPasskey(services, request, { response: request.body.response, site: request.site() }),
  )

export const enterWithLink = (services: SignInServices, request: VisitorRequest<'signInWithLink'>) =>
  enter(services, request, () => signInWithLink(services, request, request.body))

/** Overwriting the browser's cookie is not enough: a copy of the old one must become invalid too. */
async function enter(
  services: SignInServices,
  request: SignInRequest & Pick<VisitorRequest<'getSession'>, 'caller'>,
  signIn: () => Promise<SignedIn>,
): Promise<ResultOf<'signInWithPassword'>> {
  const replaced = await request.caller.findSession()
  const signedIn = await signIn()
  if (replaced) await deleteSession(services, request, replaced)
  return await sessionResult(services, signedIn)
}

export async function signOut(
  services: SignInServices,
  request: VisitorRequest<'signOut'>,
): Promise<ResultOf<'signOut'>> {
  const session = await request.caller.findSession()
  if (session) await deleteSession(services, request, session)
  return { cookies: { session: null } }
}

export async function getPasskeyOptions(
  { baseContext }: SignInServices,
  request: VisitorRequest<'getPasskeyOptions'>,
): Promise<ResultOf<'getPasskeyOptions'>> {
  return { json: { ...(await signInOptions(baseContext, request.site())) } }
}

export async function openSignInLink(
  { database, baseContext }: SignInServices,
  { body }: VisitorRequest<'openSignInLink'>,
): Promise<ResultOf<'openSignInLink'>> {
  const link = await findLink(database.read, baseContext.world, body.secret)
  const person = await personById(database.read, link.userId)
  if (!person) throw invalidLink()
  const [account] = await namesOfAccounts(database.read, link.accountId === null ? [] : [link.accountId])
  const isMember = await isForExistingMember(database.read, link)
  return {
    json: {
      purpose: link.purpose,
      needs: isMember ? 'sign-in' : 'credential',
      email: person.email,
      'full-name': isMember ? null : person.fullName,
      'account-name': account?.name ?? null,
      'expires-at': link.expiresAt,
    },
  }
}

async function deleteSession(services: SignInServices, request: SignInRequest, session: Session): Promise<void> {
  const person = await personById(services.database.read, session.userId)
  if (!person) return
  await writeAsPerson(services, request, { person, action: 'sessions.deleted' }, (context) =>
    endSession(context, session),
  )
}
