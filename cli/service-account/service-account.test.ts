import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { mintmarkInThread } from '../../testing/cli/run-mintmark.ts'
import { document, machine, startAuthority } from '../../testing/kit.ts'

async function started(t: TestContext, loaded: { resources?: unknown; email?: string } = {}) {
  const authority = await startAuthority(t, loaded)
  const host = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const run = (args: readonly string[], token = authority.prepared.token) =>
    mintmarkInThread(t, ['service-account', ...args], { MINTMARK_HOST: host, MINTMARK_TOKEN: token })
  const names = async () => {
    const { json } = await authority.call('GET', '/service-accounts')
    return json.data.map((each: { attributes: { name: string } }) => each.attributes.name)
  }
  return { ...authority, run, names }
}

test('create --role creates the service account and an access policy on the account', async (t) => {
  const { run, call, prepared } = await started(t)
  const { code, stdout, stderr } = await run(['create', 'weekly', '--role', 'reader', '--description', 'reports'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^ID +sa-\S+\nName +weekly\nEmail +weekly@\S+\nDescription +reports\n/)
  assert.match(stdout, /Policy +ap-\S+ \(reader\)\n\nNext: mintmark token mint --service-account sa-\S+\n$/)
  const id = /sa-\S+/.exec(stdout)?.[0]
  const policies = await call('GET', `/access-policies?filter%5Bservice-account%5D=${id}`)
  const [{ relationships }] = policies.json.data
  assert.equal(relationships.account.data.id, prepared.account)
})

test('create accepts roles and owners by name or ID, and a scope', async (t) => {
  const { run, call } = await started(t)
  const team = async (name: string) =>
    (await call('POST', '/teams', { body: document('teams', { name }) })).json.data.id
  const [ops, dev] = [await team('ops'), await team('dev')]
  const environment = await call('POST', '/environments', { body: document('environments', { name: 'prod' }) })
  const scope = environment.json.data.id
  const reader = (await call('GET', '/roles?filter%5Bname%5D=reader')).json.data[0].id
  const { code, stdout } = await run([
    ...['create', 'narrow', '--role', reader, '--role', 'user', '--scope', scope],
    ...['--owner', 'ops', '--owner', dev, '--json'],
  ])
  assert.equal(code, 0)
  const made = JSON.parse(stdout)
  assert.equal(made.name, 'narrow')
  assert.deepEqual(made.owners.toSorted(), [ops, dev].toSorted())
  const policy = await call('GET', `/access-policies/${made['access-policy']}`)
  const { environment: where, roles } = policy.json.data.relationships
  assert.deepEqual([where.data.id, roles.data.length], [scope, 2])
})

test('create without --role creates no access policy', async (t) => {
  const { run } = await started(t)
  const { code, stdout } = await run(['create', 'bare', '--json'])
  assert.deepEqual([code, JSON.parse(stdout)['access-policy']], [0, null])
  assert.doesNotMatch((await run(['create', 'words'])).stdout, /Policy/)
})

test('if the access policy is refused, create deletes the service account and reports the reason', async (t) => {
  const authority = await started(t)
  const { run, names, prepared } = authority
  const ci = await machine(authority, 'ci', {
    permissions: ['service-accounts:create', 'service-accounts:delete', 'service-accounts:read', 'roles:read'],
    scope: ['accounts', prepared.account],
  })
  const { code, stdout, stderr } = await run(['create', 'raised', '--role', 'admin'], ci.token)
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^mintmark: refused: .*accounts:set-access-policies.* \(forbidden\)\nNext: Run mintmark whoami/)
  assert.deepEqual(await names(), ['ci'])
})

test('if the service account cannot be deleted either, create reports its ID', async (t) => {
  const authority = await started(t)
  const { run, names, prepared } = authority
  const ci = await machine(authority, 'ci', {
    permissions: ['service-accounts:create', 'service-accounts:read', 'roles:read'],
    scope: ['accounts', prepared.account],
  })
  const { code, stderr } = await run(['create', 'left', '--role', 'admin'], ci.token)
  assert.equal(code, 1)
  assert.match(
    stderr,
    /^mintmark: (sa-\S+) was created without an access policy: .*\nNext: .*mintmark service-account delete \1\n$/,
  )
  assert.deepEqual(await names(), ['ci', 'left'])
})

test('an unknown role or team is reported before anything is created', async (t) => {
  const { run, names } = await started(t)
  const noRole = await run(['create', 'x', '--role', 'nothing'])
  assert.deepEqual([noRole.code, noRole.stderr.startsWith('mintmark: no role is named nothing,')], [1, true])
  const noTeam = await run(['create', 'x', '--owner', 'nobody'])
  assert.deepEqual([noTeam.code, noTeam.stderr.startsWith('mintmark: no team is named nobody,')], [1, true])
  assert.deepEqual(await names(), [])
})

test('a name in use is refused with the pointer to the attribute', async (t) => {
  const { run } = await started(t)
  assert.equal((await run(['create', 'ci'])).code, 0)
  const { code, stderr } = await run(['create', 'ci'])
  assert.equal(code, 1)
  assert.match(stderr, /already exists\. \(invalid-attribute at \/data\/attributes\/name\)\n/)
})

const twoAccounts = {
  data: [
    { type: 'users', id: 'user-1', attributes: { email: 'o@example.com' } },
    { type: 'accounts', id: 'acc-one', attributes: { name: 'one' } },
    { type: 'accounts', id: 'acc-two', attributes: { name: 'two' } },
  ],
}

test('a member of several accounts has to choose one with --account', async (t) => {
  const { run } = await started(t, { resources: twoAccounts, email: 'o@example.com' })
  const { code, stderr } = await run(['create', 'ci'])
  assert.equal(code, 1)
  assert.match(stderr, /You belong to several accounts.*\nNext: Choose an account with --account acc-…\.\n$/)
  const made = await run(['create', 'ci', '--account', 'acc-two', '--role', 'reader', '--json'])
  assert.equal(made.code, 0, made.stderr)
  assert.equal(JSON.parse(made.stdout).account, 'acc-two')
})

test('list prints service accounts sorted by name, as a table or JSON', async (t) => {
  const { run } = await started(t)
  assert.equal((await run(['list'])).stdout, 'No service accounts.\n')
  for (const name of ['zeta', 'alpha']) assert.equal((await run(['create', name])).code, 0)
  const table = await run(['list'])
  assert.equal(table.code, 0)
  assert.match(
    table.stdout,
    /^ID +NAME +EMAIL +STATUS +CREATED\nsa-\S+ +alpha +alpha@\S+ +Active +2.*UTC\nsa-\S+ +zeta /,
  )
  const names = JSON.parse((await run(['list', '--json'])).stdout).map(({ name }: { name: string }) => name)
  assert.deepEqual(names, ['alpha', 'zeta'])
})

test('show and delete accept a name or an ID', async (t) => {
  const { run, names } = await started(t)
  for (const name of ['one', 'two']) assert.equal((await run(['create', name])).code, 0)
  const one = JSON.parse((await run(['show', 'one', '--json'])).stdout)
  assert.equal(one.name, 'one')
  assert.match((await run(['show', one.id])).stdout, new RegExp(`^ID +${one.id}\\nName +one\\n`))
  const byId = await run(['delete', one.id, '--yes', '--json'])
  assert.deepEqual([byId.code, JSON.parse(byId.stdout)], [0, { id: one.id, deleted: true }])
  const byName = await run(['delete', 'two', '--yes'])
  assert.equal(byName.code, 0)
  assert.match(byName.stdout, /^Deleted sa-\S+\.\n$/)
  assert.deepEqual(await names(), [])
  assert.equal((await run(['delete', 'two', '--yes'])).code, 1)
})

test('show prints the access policies with role names, and the tokens', async (t) => {
  const authority = await started(t)
  const { run, prepared } = authority
  assert.equal((await run(['create', 'ci', '--role', 'reader'])).code, 0)
  const other = await machine(authority, 'other', {
    permissions: ['service-accounts:read'],
    scope: ['accounts', prepared.account],
  })
  const text = await run(['show', 'ci'])
  assert.match(
    text.stdout,
    new RegExp(`\n\nAccess policies\nID +ROLES +SCOPE\nap-\\S+ +reader +${prepared.account}\n\nTokens\nNone\\.\n$`),
  )
  const json = JSON.parse((await run(['show', 'other', '--json'])).stdout)
  assert.deepEqual(
    [json['access-policies'].length, json.tokens.map(({ name }: { name: string }) => name)],
    [1, ['test']],
  )
  const asOther = await run(['show', 'other'], other.token)
  assert.match(asOther.stdout, /\nAccess policies\nNot visible to this token\.\n\nTokens\nID /)
})

test('delete without --yes is wrong usage outside of a terminal, and --dry-run deletes nothing', async (t) => {
  const { run, names } = await started(t)
  const { id } = JSON.parse((await run(['create', 'kept', '--json'])).stdout)
  assert.equal((await run(['delete', 'kept'])).code, 2)
  const dry = await run(['delete', 'kept', '--dry-run'])
  assert.equal(dry.code, 0)
  assert.match(dry.stdout, new RegExp(`^Would delete:\nID +${id}\nName +kept\n`))
  assert.deepEqual(await names(), ['kept'])
})

test('an invalid scope, and a scope without a role, are wrong usage', async (t) => {
  const { run, log } = await started(t)
  for (const args of [
    ['create', 'x', '--role', 'reader', '--scope', 'prod'],
    ['create', 'x', '--scope', 'env-1'],
    ['create'],
  ]) {
    const { code, stderr } = await run(args)
    assert.deepEqual([code, stderr.split('\n').length], [2, 2], stderr)
  }
  assert.deepEqual(
    log.filter((line) => line.includes('"request"')),
    [],
  )
})
