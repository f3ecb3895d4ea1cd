/**
 * Every write that changes what a token may do reaches the other nodes through the change feed alone, and writes that
 * change no verdict publish nothing. Reconciliation is off, so it cannot hide a missing change.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { pino } from 'pino'
import { acceptAsNew, minting } from '../../testing/browser.ts'
import {
  type Answer,
  type Authority,
  caller,
  document,
  type Machine,
  machine,
  masterKeys,
  startAuthority,
} from '../../testing/kit.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { buildApp } from '../app.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { purgeTokens, retireExpiredTokens } from '../tokens/purge-tokens.ts'
import { continueRevocations } from '../tokens/revoke-many.ts'
import { realWorld } from '../world.ts'
import { LiveReplica } from './live-replica.ts'

type Call = Authority['call']

interface Setting {
  /** The node that writes. */
  readonly here: Authority
  /** A second node on the same database. */
  readonly there: Call
  /** A replica that follows the feed, as that of a third node. */
  follower: LiveReplica
  readonly database: Database
}

/** The responses of the second node before and after the write. */
interface Row {
  readonly ask: () => Promise<unknown>
  readonly write: () => Promise<unknown>
  readonly from: unknown
  readonly to: unknown
}

const never = 3_600_000
const ids = { count: 0 }
const unique = (word: string) => `${word}-${++ids.count}`

async function open(test: { after(end: () => unknown): void }, kind: keyof typeof stores): Promise<Setting> {
  const store = await stores[kind](test as never)
  const options = { reconcileMilliseconds: never, invalidTokensPerMinute: 1_000_000, gitlabToken: 'shared' }
  const here = await startAuthority(test as never, { store, ...options, watchesEventLoop: false })
  const database = await openDatabase(store)
  const logger = pino({ level: 'silent' })
  const host = 'mintmark.internal'
  const more = { ...options, maxStalenessMilliseconds: 0 }
  const app = await buildApp({ database, world: realWorld, masterKeys, logger, host, ...more })
  test.after(async () => {
    await app.close()
    await database.close()
  })
  const follower = new LiveReplica(database, { reconcileMilliseconds: never })
  return { here, there: caller(app, here.prepared.token), follower, database }
}

/** A new replica for each case, so that one missed change does not fail the next case. */
async function follow(setting: Setting): Promise<void> {
  setting.follower = new LiveReplica(setting.database, { reconcileMilliseconds: never })
  await setting.follower.start()
  await setting.follower.loaded
}

/** Everything in a replica that verdicts depend on. */
async function viewOf(replica: LiveReplica): Promise<Record<string, string>> {
  await replica.fresh(0)
  const { tokens } = replica
  const view: Record<string, string> = {}
  for (const hash of tokens.hashesBetween(0, 65_535)) {
    const row = tokens.find(hash)
    const id = tokens.idOf(row)
    const owner = replica.ownerOf(row)
    const narrowing = replica.narrowing(id)
    const known = { hash: hash.toString('hex'), owner, expires: tokens.expiresAt(row), narrowing }
    view[id] = JSON.stringify(known)
    if (owner && view[owner.id] === undefined) view[owner.id] = JSON.stringify(await ofOwner(replica, owner.id))
  }
  return view
}

async function ofOwner(replica: LiveReplica, id: string) {
  const owner = replica.owner(id)
  if (!owner) return null
  const grants = (await replica.grants(owner)).map((grant) => JSON.stringify(grant)).toSorted()
  return { owner, grants, networks: owner.accounts.map(replica.networks) }
}

async function freshView(database: Database): Promise<Record<string, string>> {
  const fresh = new LiveReplica(database, { reconcileMilliseconds: never })
  await fresh.start()
  await fresh.loaded
  try {
    return await viewOf(fresh)
  } finally {
    await fresh.stop()
  }
}

/** Compares only the differences, because the complete views are long. */
function assertSame(view: Record<string, string>, expected: Record<string, string>): void {
  const isOther = (id: string) => view[id] !== expected[id]
  const different = [...new Set([...Object.keys(view), ...Object.keys(expected)])].filter(isOther)
  const of = (from: Record<string, string>) => different.map((id) => [id, from[id]])
  assert.deepEqual(of(view), of(expected))
}

const ok = async (answer: Promise<Answer>): Promise<Answer> => {
  const { status, text } = await answer
  assert.ok(status < 300, `${status} ${text}`)
  return answer
}

const accountOf = ({ here }: Setting) => ['accounts', here.prepared.account] as const

/** Creates with the owner's token; returns the id. */
async function made(setting: Setting, ...given: Parameters<typeof document>): Promise<string> {
  const [type] = given
  return (await ok(setting.here.call('POST', `/${type}`, { body: document(...given) }))).json.data.id
}

const patch = ({ here }: Setting, type: string, id: string, ...rest: [object?, Parameters<typeof document>[2]?]) =>
  ok(here.call('PATCH', `/${type}/${id}`, { body: document(type, ...rest) }))

const remove = ({ here }: Setting, path: string) => ok(here.call('DELETE', path))

const permissions = (...names: string[]) => ({ permissions: names.map((name) => ['permissions', name] as const) })

const role = (setting: Setting, ...names: string[]) =>
  made(setting, 'roles', { name: unique('role') }, permissions(...names))

const policy = (
  setting: Setting,
  subject: Parameters<typeof document>[2],
  roles: string[],
  scope = accountOf(setting),
) =>
  made(
    setting,
    'access-policies',
    {},
    {
      [(scope[0] as string).replace(/s$/, '')]: scope,
      ...subject,
      roles: roles.map((id) => ['roles', id] as const),
    },
  )

const robot = (setting: Setting): Promise<Machine> => machine(setting.here, unique('robot'))

const subjectOf = ({ id }: Machine) => ({ 'service-account': ['service-accounts', id] }) as const

/** A user who accepted an invitation, with a personal token. */
async function person(setting: Setting): Promise<{ id: string; token: string }> {
  const id = await invited(setting)
  const there = await acceptAsNew(setting.here, id)
  const minted = await ok(there.ask('POST', '/access-tokens', minting))
  return { id, token: minted.json.data.attributes.token }
}

async function invited(setting: Setting): Promise<string> {
  const [, account] = accountOf(setting)
  const body = document('users', { email: `${unique('person')}@mintmark.internal` })
  const answer = await ok(setting.here.call('POST', `/accounts/${account}/actions/invite`, { body }))
  return answer.json.data.relationships.user.data.id
}

/** Another token of a service account. */
async function mintFor({ here }: Setting, { id }: Machine, attributes: object = {}) {
  const body = document('access-tokens', { name: 'more', ...attributes })
  const { json } = await ok(here.call('POST', `/service-accounts/${id}/access-tokens`, { body }))
  return { id: json.data.id as string, token: json.data.attributes.token as string }
}

/** `good`, or why the second node refuses the token. */
const verdict = async ({ there }: Setting, token: string, remoteAddress = '127.0.0.1') =>
  (await there('GET', '/ping', { token, remoteAddress })).json.errors?.[0].code ?? 'good'

/** Whether the token may create teams according to the second node. */
const mayCreateTeams = async ({ there }: Setting, token: string) =>
  (await there('POST', '/teams', { token, body: document('teams', {}) })).status !== 403

const introspect = async ({ there }: Setting, token: string) =>
  (
    await there('POST', '/oauth/introspect', {
      body: new URLSearchParams({ token }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  ).json

const holds = async ({ follower }: Setting, token: string) => {
  await follower.fresh(0)
  return follower.tokens.find(hashToken(token)) >= 0
}

const knowsOwner = async ({ follower }: Setting, id: string) => {
  await follower.fresh(0)
  return follower.owner(id) !== undefined
}

async function grantsOf({ follower }: Setting, id: string) {
  await follower.fresh(0)
  const owner = follower.owner(id)
  return owner ? (await follower.grants(owner)).length : null
}

async function reported(setting: Setting, token: string, answer: string): Promise<string> {
  const { jti } = await introspect(setting, token)
  await ok(setting.here.call('PATCH', '/leak-rules', { body: document('leak-rules', { public: answer }) }))
  const found = { type: 'gitleaks_rule_id_mintmark-token', token, location: 'https://gitlab.example.com/x' }
  const headers = { authorization: 'shared', 'content-type': 'application/json' }
  await ok(setting.here.call('POST', '/v1/revoke_tokens', { token: null, body: [found], headers }))
  return (await ok(setting.here.call('GET', `/leak-reports?filter[token]=${jti}`))).json.data[0].id
}

const contain = ({ here }: Setting, id: string, what: string) =>
  ok(
    here.call('POST', `/leak-reports/${id}/actions/contain`, {
      body: { what },
      headers: { 'content-type': 'application/json' },
    }),
  )

const manage = 'teams:create'
const good = 'good'

/** Writes that change whether a service account may create teams. */
const ofRights =
  (arrange: (setting: Setting, ci: Machine) => Promise<() => Promise<unknown>>, to: boolean) =>
  async (setting: Setting): Promise<Row> => {
    const ci = await robot(setting)
    const write = await arrange(setting, ci)
    return { ask: () => mayCreateTeams(setting, ci.token), write, from: !to, to }
  }

const ofPersonsRights =
  (arrange: (setting: Setting, id: string, team: string) => Promise<() => Promise<unknown>>, to: boolean) =>
  async (setting: Setting): Promise<Row> => {
    const { id, token } = await person(setting)
    const team = await made(setting, 'teams', { name: unique('team') })
    await policy(setting, { team: ['teams', team] }, [await role(setting, manage)])
    const write = await arrange(setting, id, team)
    return { ask: () => mayCreateTeams(setting, token), write, from: !to, to }
  }

const ofVerdict =
  (arrange: (setting: Setting, ci: Machine) => Promise<() => Promise<unknown>>, to: string, from = good) =>
  async (setting: Setting): Promise<Row> => {
    const ci = await robot(setting)
    const write = await arrange(setting, ci)
    return { ask: () => verdict(setting, ci.token), write, from, to }
  }

const ofPerson =
  (arrange: (setting: Setting, id: string) => Promise<() => Promise<unknown>>, to: string, from = good) =>
  async (setting: Setting): Promise<Row> => {
    const { id, token } = await person(setting)
    const write = await arrange(setting, id)
    return { ask: () => verdict(setting, token), write, from, to }
  }

const tokenIdOf = async ({ here }: Setting, { id }: Machine): Promise<string> =>
  (await here.call('GET', `/service-accounts/${id}/access-tokens`)).json.data[0].id

/** A token narrowed to what `make` creates, which `write` deletes. */
const ofScope =
  (make: (setting: Setting) => Promise<[type: string, id: string]>) =>
  async (setting: Setting): Promise<Row> => {
    const [type, id] = await make(setting)
    const { token } = await mintFor(setting, await robot(setting), { scopes: [id] })
    return {
      ask: async () => (await introspect(setting, token)).scopes,
      write: () => remove(setting, `/${type}/${id}`),
      from: [id],
      to: [],
    }
  }

const ofGrants =
  (make: (setting: Setting) => Promise<[type: string, id: string]>) =>
  async (setting: Setting): Promise<Row> => {
    const [type, id] = await make(setting)
    const ci = await robot(setting)
    await policy(setting, subjectOf(ci), [await role(setting, manage)], [type, id] as never)
    return { ask: () => grantsOf(setting, ci.id), write: () => remove(setting, `/${type}/${id}`), from: 1, to: 0 }
  }

const environment = async (setting: Setting): Promise<[string, string]> => [
  'environments',
  await made(setting, 'environments', { name: unique('environment') }),
]

const workspace = async (setting: Setting): Promise<[string, string]> => {
  const [, id] = await environment(setting)
  return [
    'workspaces',
    await made(setting, 'workspaces', { name: unique('workspace') }, { environment: ['environments', id] }),
  ]
}

/** Deleting an owner revokes its tokens and removes it from every replica. */
const ofDeleted = (setting: Setting, id: string, token: string, write: () => Promise<unknown>): Row => ({
  ask: async () => [await verdict(setting, token), await knowsOwner(setting, id)],
  write,
  from: [good, true],
  to: ['token-revoked', false],
})

const outside = '198.51.100.7'

const writes: Record<string, (setting: Setting) => Promise<Row>> = {
  'a role gains a permission': ofRights(async (s, ci) => {
    const id = await role(s, 'tags:read')
    await policy(s, subjectOf(ci), [id])
    return () => patch(s, 'roles', id, {}, permissions('tags:read', manage))
  }, true),
  'a role loses a permission': ofRights(async (s, ci) => {
    const id = await role(s, 'tags:read', manage)
    await policy(s, subjectOf(ci), [id])
    return () => patch(s, 'roles', id, {}, permissions('tags:read'))
  }, false),
  'an access policy is created': ofRights(async (s, ci) => {
    const id = await role(s, manage)
    return () => policy(s, subjectOf(ci), [id])
  }, true),
  'an access policy is deleted': ofRights(async (s, ci) => {
    const id = await policy(s, subjectOf(ci), [await role(s, manage)])
    return () => remove(s, `/access-policies/${id}`)
  }, false),
  'a role is added to an access policy': ofRights(async (s, ci) => {
    const [few, more] = [await role(s, 'tags:read'), await role(s, manage)]
    const id = await policy(s, subjectOf(ci), [few])
    return () =>
      patch(
        s,
        'access-policies',
        id,
        {},
        {
          roles: [
            ['roles', few],
            ['roles', more],
          ],
        },
      )
  }, true),
  'a role is removed from an access policy': ofRights(async (s, ci) => {
    const [few, more] = [await role(s, 'tags:read'), await role(s, manage)]
    const id = await policy(s, subjectOf(ci), [few, more])
    return () => patch(s, 'access-policies', id, {}, { roles: [['roles', few]] })
  }, false),
  'an environment with access policies is deleted': ofGrants(environment),
  'a workspace with access policies is deleted': ofGrants(workspace),
  'an environment that a token is narrowed to is deleted': ofScope(environment),
  'a workspace that a token is narrowed to is deleted': ofScope(workspace),
  'the environment of a workspace that a token is narrowed to is deleted': async (s) => {
    const [, id] = await workspace(s)
    const { token } = await mintFor(s, await robot(s), { scopes: [id] })
    const parent = (await s.here.call('GET', `/workspaces/${id}`)).json.data.relationships.environment.data.id
    return {
      ask: async () => (await introspect(s, token)).scopes,
      write: () => remove(s, `/environments/${parent}`),
      from: [id],
      to: [],
    }
  },
  'a person joins a team': ofPersonsRights(
    async (s, id, team) => () => patch(s, 'teams', team, {}, { users: [['users', id]] }),
    true,
  ),
  'a person leaves a team': ofPersonsRights(async (s, id, team) => {
    await patch(s, 'teams', team, {}, { users: [['users', id]] })
    return () => patch(s, 'teams', team, {}, { users: [] })
  }, false),
  'the teams of a person are set': ofPersonsRights(
    async (s, id, team) => () => patch(s, 'users', id, {}, { teams: [['teams', team]] }),
    true,
  ),
  'a team is deleted': ofPersonsRights(async (s, id, team) => {
    await patch(s, 'teams', team, {}, { users: [['users', id]] })
    return () => remove(s, `/teams/${team}`)
  }, false),
  'a team gets an access policy': async (s) => {
    const { id, token } = await person(s)
    const team = await made(s, 'teams', { name: unique('team') }, { users: [['users', id]] })
    const some = await role(s, manage)
    return {
      ask: () => mayCreateTeams(s, token),
      write: () => policy(s, { team: ['teams', team] }, [some]),
      from: false,
      to: true,
    }
  },
  'a service account is created': async (s) => {
    let id = ''
    return {
      ask: () => knowsOwner(s, id),
      write: async () => {
        id = await made(s, 'service-accounts', { name: unique('new') })
      },
      from: false,
      to: true,
    }
  },
  'a service account is deactivated': ofVerdict(
    async (s, { id }) =>
      () =>
        patch(s, 'service-accounts', id, { status: 'Inactive' }),
    'owner-inactive',
  ),
  'a service account is activated again': ofVerdict(
    async (s, { id }) => {
      await patch(s, 'service-accounts', id, { status: 'Inactive' })
      return () => patch(s, 'service-accounts', id, { status: 'Active' })
    },
    good,
    'owner-inactive',
  ),
  'a service account is deleted': async (s) => {
    const { id, token } = await robot(s)
    return ofDeleted(s, id, token, () => remove(s, `/service-accounts/${id}`))
  },
  'a person is invited': async (s) => {
    let id = ''
    return {
      ask: () => knowsOwner(s, id),
      write: async () => {
        id = await invited(s)
      },
      from: false,
      to: true,
    }
  },
  'a person accepts an invitation': async (s) => {
    const id = await invited(s)
    const account = async () => {
      await s.follower.fresh(0)
      const owner = s.follower.owner(id)
      return [owner?.active, owner?.accounts]
    }
    return {
      ask: account,
      write: () => acceptAsNew(s.here, id),
      from: [false, []],
      to: [true, [s.here.prepared.account]],
    }
  },
  'an active user becomes a member again': async (s) => {
    const { id } = await person(s)
    const [, account] = accountOf(s)
    await remove(s, `/accounts/${account}/actions/remove/${id}`)
    return {
      ask: async () => {
        await s.follower.fresh(0)
        return s.follower.owner(id)?.accounts
      },
      write: () =>
        rawSql(
          s.database,
          `insert into account_users (id, account_id, user_id, created_at) values ('${id}', '${account}', '${id}', '2030-01-01T00:00:00.000Z')`,
        ),
      from: [],
      to: [account],
    }
  },
  'a person is deactivated': ofPerson(
    async (s, id) => () => patch(s, 'users', id, { status: 'Inactive' }),
    'owner-inactive',
  ),
  'a person is activated again': ofPerson(
    async (s, id) => {
      await patch(s, 'users', id, { status: 'Inactive' })
      return () => patch(s, 'users', id, { status: 'Active' })
    },
    good,
    'owner-inactive',
  ),
  'the email address of a person changes': async (s) => {
    const { id, token } = await person(s)
    const email = `${unique('moved')}@mintmark.internal`
    const { username } = await introspect(s, token)
    return {
      ask: async () => (await introspect(s, token)).username,
      write: () => patch(s, 'users', id, { email }),
      from: username,
      to: email,
    }
  },
  'a person is removed from the account': async (s) => {
    const { id, token } = await person(s)
    await policy(s, { user: ['users', id] }, [await role(s, manage)])
    const [, account] = accountOf(s)
    return {
      ask: () => mayCreateTeams(s, token),
      write: () => remove(s, `/accounts/${account}/actions/remove/${id}`),
      from: true,
      to: false,
    }
  },
  'a person is deleted': async (s) => {
    const { id, token } = await person(s)
    return ofDeleted(s, id, token, () => remove(s, `/users/${id}`))
  },
  'an agent pool is created': async (s) => {
    let id = ''
    return {
      ask: () => knowsOwner(s, id),
      write: async () => {
        id = await made(s, 'agent-pools', { name: unique('pool') })
      },
      from: false,
      to: true,
    }
  },
  'an agent pool is deleted': async (s) => {
    const id = await made(s, 'agent-pools', { name: unique('pool') })
    const minted = await ok(
      s.here.call('POST', `/agent-pools/${id}/access-tokens`, { body: document('access-tokens') }),
    )
    return ofDeleted(s, id, minted.json.data.attributes.token, () => remove(s, `/agent-pools/${id}`))
  },
  'a token is minted': async (s) => {
    const ci = await robot(s)
    let token = 'none'
    return {
      ask: () => holds(s, token),
      write: async () => {
        token = (await mintFor(s, ci)).token
      },
      from: false,
      to: true,
    }
  },
  'a token is rotated with an overlap': async (s) => {
    const { id, token } = await mintFor(s, await robot(s))
    const headers = { 'content-type': 'application/json' }
    return {
      ask: async () => 'exp' in (await introspect(s, token)),
      write: () => ok(s.here.call('POST', `/access-tokens/${id}/actions/rotate`, { body: { overlap: 60 }, headers })),
      from: false,
      to: true,
    }
  },
  'a token is rotated without an overlap': ofVerdict(async (s, ci) => {
    const id = await tokenIdOf(s, ci)
    const headers = { 'content-type': 'application/json' }
    return () => ok(s.here.call('POST', `/access-tokens/${id}/actions/rotate`, { body: { overlap: 0 }, headers }))
  }, 'token-revoked'),
  'a token is revoked': ofVerdict(async (s, ci) => {
    const id = await tokenIdOf(s, ci)
    return () => remove(s, `/access-tokens/${id}`)
  }, 'token-revoked'),
  'an assume policy with sessions is deleted': async (s) => {
    const ci = await robot(s)
    const provider = await made(s, 'workload-identity-providers', {
      name: unique('provider'),
      url: `https://${unique('issuer')}.mintmark.internal`,
      'allowed-audiences': ['a'],
    })
    const condition = { name: 'main', 'claim-conditions': [{ claim: 'sub', value: 'x' }] }
    const relation = { provider: ['workload-identity-providers', provider] } as const
    const body = document('assume-service-account-policies', condition, relation)
    const { json } = await ok(s.here.call('POST', `/service-accounts/${ci.id}/assume-policies`, { body }))
    const session = await mintFor(s, ci, { 'expires-in': 60 })
    await rawSql(s.database, `update access_tokens set assume_policy_id = '${json.data.id}' where id = '${session.id}'`)
    return {
      ask: () => verdict(s, session.token),
      write: () => remove(s, `/service-accounts/${ci.id}/assume-policies/${json.data.id}`),
      from: good,
      to: 'token-revoked',
    }
  },
  'a leaked token is revoked by the rules': ofVerdict(
    async (s, { token }) =>
      () =>
        reported(s, token, 'revoke'),
    'token-revoked',
  ),
  'a leaked token is limited by the rules': async (s) => {
    const { token } = await mintFor(s, await robot(s))
    return {
      ask: async () => 'exp' in (await introspect(s, token)),
      write: () => reported(s, token, 'rotate'),
      from: false,
      to: true,
    }
  },
  'a leak is contained': ofVerdict(async (s, { token }) => {
    const id = await reported(s, token, 'notify')
    return () => contain(s, id, 'owner')
  }, 'token-revoked'),
  'a leak of an owner with more tokens than one transaction revokes is contained': async (s) => {
    const ci = await robot(s)
    const { token } = await mintFor(s, ci)
    const prefix = unique('many')
    await insertTokens(s.database, { owner: ci.id, account: s.here.prepared.account, count: 700, prefix })
    const id = await reported(s, ci.token, 'notify')
    return { ask: () => verdict(s, token), write: () => contain(s, id, 'owner'), from: good, to: 'token-revoked' }
  },
  'a token that expired long ago is retired': async (s) => {
    const { id, token } = await mintFor(s, await robot(s))
    await rawSql(s.database, `update access_tokens set expires_at = '2020-01-01T00:00:00.000Z' where id = '${id}'`)
    return {
      ask: () => holds(s, token),
      write: () => s.here.database.write((db) => retireExpiredTokens(db, realWorld)),
      from: true,
      to: false,
    }
  },
  'networks are allowed': async (s) => {
    const ci = await robot(s)
    const [, account] = accountOf(s)
    await patch(s, 'accounts', account, { 'allowed-ips': [], 'allowed-ipv6': [] })
    return {
      ask: () => verdict(s, ci.token, outside),
      write: () => patch(s, 'accounts', account, { 'allowed-ips': ['192.0.2.0/24'] }),
      from: good,
      to: 'not-from-this-network',
    }
  },
  'IPv6 networks are allowed': async (s) => {
    const ci = await robot(s)
    const [, account] = accountOf(s)
    await patch(s, 'accounts', account, { 'allowed-ips': ['192.0.2.0/24'], 'allowed-ipv6': [] })
    return {
      ask: () => verdict(s, ci.token, '2001:db8::1'),
      write: () => patch(s, 'accounts', account, { 'allowed-ipv6': ['2001:db8::/32'] }),
      from: 'not-from-this-network',
      to: good,
    }
  },
  'all networks are allowed again': async (s) => {
    const ci = await robot(s)
    const [, account] = accountOf(s)
    await patch(s, 'accounts', account, { 'allowed-ips': ['192.0.2.0/24'], 'allowed-ipv6': [] })
    return {
      ask: () => verdict(s, ci.token, outside),
      write: () => patch(s, 'accounts', account, { 'allowed-ips': [], 'allowed-ipv6': [] }),
      from: 'not-from-this-network',
      to: good,
    }
  },
  'a token is deleted with an SQL client': async (s) => {
    const { id, token } = await mintFor(s, await robot(s))
    return {
      ask: () => holds(s, token),
      write: () => rawSql(s.database, `delete from access_tokens where id = '${id}'`),
      from: true,
      to: false,
    }
  },
  'a workspace that a token is narrowed to is moved with an SQL client': async (s) => {
    const [, id] = await workspace(s)
    const [, other] = await environment(s)
    const { id: tokenId } = await mintFor(s, await robot(s), { scopes: [id] })
    const isIn = async () => {
      await s.follower.fresh(0)
      return s.follower.narrowing(tokenId)?.scopes?.map((path) => path.environment === other)
    }
    return {
      ask: isIn,
      write: () => rawSql(s.database, `update workspaces set environment_id = '${other}' where id = '${id}'`),
      from: [false],
      to: [true],
    }
  },
  // The last case, because it takes all rights from the owner.
  'the account is handed to another person': async (s) => {
    const { id, token } = await person(s)
    const [, account] = accountOf(s)
    return {
      ask: () => mayCreateTeams(s, token),
      write: () => patch(s, 'accounts', account, {}, { owner: ['users', id] }),
      from: false,
      to: true,
    }
  },
}

/** Waits for pending revocations, which both nodes process in the background. */
async function finishRevocations({ here: { database } }: Setting): Promise<void> {
  while (((await rawSql(database, 'select id from pending_revocations')) as unknown[]).length > 0)
    await continueRevocations(database, realWorld, async () => true)
}

/** Writes that change no verdict; `arrange` returns the write. */
const silent: Record<string, (setting: Setting) => Promise<() => Promise<unknown>>> = {
  'a token is used': async (s) => {
    const { token } = await robot(s)
    return async () => {
      await ok(s.here.call('GET', '/ping', { token }))
      await s.here.app.flush()
    }
  },
  'a token is renamed': async (s) => {
    const { id } = await mintFor(s, await robot(s))
    return () => patch(s, 'access-tokens', id, { name: 'other', description: 'other' })
  },
  'a revoked token is purged': async (s) => {
    const { id } = await mintFor(s, await robot(s))
    await remove(s, `/access-tokens/${id}`)
    await rawSql(s.database, `update access_tokens set revoked_at = '2020-01-01T00:00:00.000Z' where id = '${id}'`)
    return () => s.here.database.withoutTransaction((db) => purgeTokens(db, realWorld))
  },
  'a person is renamed': async (s) => {
    const { id } = await person(s)
    return () => patch(s, 'users', id, { 'full-name': 'Other' })
  },
  'a person is confirmed': async (s) => {
    const { id } = await person(s)
    const [, account] = accountOf(s)
    return () => ok(s.here.call('POST', `/accounts/${account}/actions/confirm/${id}`))
  },
  'a service account is described': async (s) => {
    const { id } = await robot(s)
    return () => patch(s, 'service-accounts', id, { description: 'other', status: 'Active' })
  },
  'a role is renamed and its permissions are set again': async (s) => {
    const id = await role(s, manage, 'tags:read')
    return () => patch(s, 'roles', id, { name: unique('renamed') }, permissions('tags:read', manage))
  },
  'a team is renamed and its users are set again': async (s) => {
    const { id } = await person(s)
    const users = { users: [['users', id]] } as const
    const team = await made(s, 'teams', { name: unique('team') }, users)
    return () => patch(s, 'teams', team, { name: unique('renamed') }, users)
  },
  'an empty team is created': async (s) => () => made(s, 'teams', { name: unique('team') }),
  'an environment is created and renamed': async (s) => async () => {
    const [type, id] = await environment(s)
    await patch(s, type, id, { name: unique('renamed') })
  },
  'a workspace is created and renamed': async (s) => async () => {
    const [type, id] = await workspace(s)
    await patch(s, type, id, { name: unique('renamed') })
  },
  'an agent pool is renamed': async (s) => {
    const id = await made(s, 'agent-pools', { name: unique('pool') })
    return () => patch(s, 'agent-pools', id, { name: unique('renamed') })
  },
  'support access to an account is allowed': async (s) => {
    const [, account] = accountOf(s)
    return () => patch(s, 'accounts', account, { 'support-access-enabled': true })
  },
}

const newest = async ({ database }: Setting): Promise<number> => {
  const [row] = (await rawSql(database, 'select max(sequence) as newest from changes')) as { newest: number }[]
  return Number(row?.newest)
}

for (const kind of ['sqlite', 'postgres'] as const) {
  const ends: (() => unknown)[] = []
  let setting: Setting

  describe(kind, () => {
    before(async () => {
      setting = await open({ after: (end) => void ends.push(end) }, kind)
    })
    after(async () => {
      for (const end of ends) await end()
    })

    for (const [name, arrange] of Object.entries(silent))
      test(`nothing is published when ${name}`, async () => {
        const write = await arrange(setting)
        const before = await newest(setting)
        await write()
        assert.equal(await newest(setting), before)
      })

    for (const [name, arrange] of Object.entries(writes))
      test(`another node applies the change when ${name}`, async (t) => {
        await follow(setting)
        t.after(() => setting.follower.stop())
        const { ask, write, from, to } = await arrange(setting)
        // Grants are read on demand and cached.
        await viewOf(setting.follower)
        assert.deepEqual(await ask(), from, 'before')
        await write()
        assert.deepEqual(await ask(), to, 'after')
        await finishRevocations(setting)
        assertSame(await viewOf(setting.follower), await freshView(setting.database))
      })
  })
}
