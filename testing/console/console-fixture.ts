/** Fills an account so that every page of the console has content. */
import { browser } from '../browser.ts'
import { document, machine } from '../kit.ts'
import type { Console } from './console.ts'

/** Options that the console must be started with. */
export const fixtureOptions = { gitlabToken: 'shared' }

export interface ConsoleFixture {
  readonly account: string
  /** The ID of a user who is not the owner. */
  readonly user: string
  readonly team: string
  readonly role: string
  readonly serviceAccount: string
  readonly environment: string
  readonly workspace: string
  readonly leakReport: string
  /** A limited token with uses. */
  readonly token: string
}

export async function fillConsole(shown: Console): Promise<ConsoleFixture> {
  const { authority } = shown
  const { account } = authority.prepared
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await authority.call(method, path, { body, headers })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
    return answer.json.data
  }
  const made = async (...given: Parameters<typeof document>): Promise<string> =>
    (await call('POST', `/${given[0]}`, document(...given))).id
  const named = (type: string, name: string, relations = {}) => made(type, { name }, relations)

  const user = await person(shown, 'ada@example.com')
  await call('POST', `/accounts/${account}/actions/invite`, document('users', { email: 'pending@example.com' }))
  const team = await named('teams', 'Platform', { account: ['accounts', account], users: [['users', user]] })
  const role = await named('roles', 'Deployer', { permissions: [['permissions', 'variables:read']] })
  const environment = await named('environments', 'production')
  const workspace = await named('workspaces', 'network', { environment: ['environments', environment] })
  await named('service-accounts', 'lonely')
  const { id: serviceAccount } = await machine(authority, 'nightly', {
    permissions: ['*:read'],
    scope: ['accounts', account],
  })
  await call('PATCH', `/service-accounts/${serviceAccount}`, {
    data: { ...document('service-accounts', {}, { owners: [['teams', team]] }).data, id: serviceAccount },
  })
  const roles = { roles: [['roles', role]] } as const
  await made('access-policies', {}, { environment: ['environments', environment], user: ['users', user], ...roles })
  await made('access-policies', {}, { workspace: ['workspaces', workspace], team: ['teams', team], ...roles })

  const create = (name: string, limit: object = {}) =>
    call(
      'POST',
      `/service-accounts/${serviceAccount}/access-tokens`,
      document('access-tokens', { name, 'expires-in': 10 * 1_440, ...limit }),
    )
  const mint = async (name: string): Promise<string> => (await create(name)).attributes.token
  const asToken = (token: string) => ({ authorization: `Bearer ${token}` })
  await call('POST', '/access-tokens/self/actions/rotate', { overlap: 60 }, asToken(await mint('rotated')))
  const used = await create('used', { permissions: ['*:read'], scopes: [environment, workspace] })
  await call('GET', '/environments', undefined, asToken(used.attributes.token))

  const places = { account: [], environment: ['environments', environment], workspace: ['workspaces', workspace] }
  const held = await mint('held')
  for (const [place, to] of Object.entries(places)) {
    const within = (to.length > 0 ? { [place]: to } : { account: ['accounts', account] }) as never
    await made('vars', { key: 'region', value: 'eu', category: 'terraform' }, within)
    await made('vars', { key: 'sizes', value: '["a"]', category: 'terraform', hcl: true }, within)
    await made('vars', { key: 'PASSWORD', value: 'hidden', category: 'shell', sensitive: true }, within)
    await made('vars', { key: 'TOKEN', value: held, category: 'shell', sensitive: true }, within)
  }

  const sources = [{ source: 'gitlab', confidence: null, action: 'notify' }]
  await call('PATCH', '/leak-rules', document('leak-rules', { sources }))
  await made('webhooks', { url: 'https://hooks.invalid/hook' })
  const leaked = {
    type: 'gitleaks_rule_id_mintmark-token',
    token: await mint('leaked'),
    location: 'https://git.example',
  }
  await call('POST', '/v1/revoke_tokens', [leaked], { authorization: 'shared', 'content-type': 'application/json' })
  const [report] = await call('GET', '/leak-reports')
  await authority.app.flush()
  return { account, user, team, role, serviceAccount, environment, workspace, leakReport: report.id, token: used.id }
}

/** Creates a signed-in user with a token. */
async function person(shown: Console, email: string): Promise<string> {
  const { call } = shown.authority
  const { ask, take } = browser({ call })
  take(`__Host-mintmark=${await shown.newcomer(email)}`)
  const minted = await ask('POST', '/access-tokens', document('access-tokens', { name: 'of Ada' }))
  if (minted.status !== 201) throw new Error(minted.text)
  return (await call('GET', `/users?filter[email]=${email}`)).json.data[0].id
}
