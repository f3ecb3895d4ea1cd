import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { resources } from '@mintmark/contract'
import { assertWrongUsage, type RunOptions, startWithCli, type WrongUsage } from '../../testing/cli/run-mintmark.ts'
import { document, machine } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { resourceCommands } from './resources.ts'

async function started(t: TestContext) {
  const { run, ...authority } = await startWithCli(t)
  const json = async (args: readonly string[], options: RunOptions = {}) => {
    const { code, stdout, stderr } = await run([...args, '--json'], options)
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    return JSON.parse(stdout)
  }
  const make = async (type: string, attributes: object): Promise<string> =>
    (await authority.call('POST', `/${type}`, { body: document(type, attributes) })).json.data.id
  return { ...authority, run, json, make }
}

test('every resource with a list can be listed as a table and as JSON', async (t) => {
  const { run, json } = await started(t)
  for (const group of Object.keys(resourceCommands)) {
    assert.ok(Array.isArray(await json([group, 'list'])), group)
    const { code, stdout, stderr } = await run([group, 'list'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^(?:[A-Z]+ .*\n|No [a-z ]+\.\n)/, group)
  }
})

/** Arguments of create, arguments of update with the attribute that they change, and the name after the update. */
const lives: readonly {
  readonly group: string
  readonly create: readonly string[]
  readonly update: readonly string[]
  readonly changed: readonly [string, unknown]
  readonly find: readonly string[]
}[] = [
  {
    group: 'role',
    create: ['auditor', '--permission', 'audit-events:read'],
    update: ['--description', 'reads'],
    changed: ['description', 'reads'],
    find: ['auditor'],
  },
  {
    group: 'team',
    create: ['ops', '--description', 'first'],
    update: ['--description', ''],
    changed: ['description', null],
    find: ['ops'],
  },
  {
    group: 'user',
    create: ['ada@example.com'],
    update: ['--full-name', 'Ada'],
    changed: ['full-name', 'Ada'],
    find: ['ada@example.com'],
  },
  {
    group: 'environment',
    create: ['prod'],
    update: ['--no-mask-sensitive-output'],
    changed: ['mask-sensitive-output', false],
    find: ['prod'],
  },
  {
    group: 'workspace',
    create: ['web', '--environment', 'staging'],
    update: ['--auto-apply'],
    changed: ['auto-apply', true],
    find: ['web', '--environment', 'staging'],
  },
  {
    group: 'variable',
    create: ['REGION', '--category', 'shell', '--environment', 'staging'],
    update: ['--final'],
    changed: ['final', true],
    find: ['REGION', '--environment', 'staging'],
  },
  { group: 'tag', create: ['blue'], update: ['--name', 'green'], changed: ['name', 'green'], find: ['blue'] },
  {
    group: 'agent-pool',
    create: ['pool', '--environment', 'staging'],
    update: ['--default'],
    changed: ['default', true],
    find: ['pool'],
  },
  {
    group: 'webhook',
    create: ['https://example.com/hook', '--kind', 'token.leaked'],
    update: ['--status', 'Disabled'],
    changed: ['status', 'Disabled'],
    find: ['https://example.com/hook'],
  },
  {
    group: 'service-account',
    create: ['ci'],
    update: ['--description', 'jobs'],
    changed: ['description', 'jobs'],
    find: ['ci'],
  },
]

test('objects are created, shown, updated and deleted by name', async (t) => {
  const { run, json, make } = await started(t)
  await make('environments', { name: 'staging' })
  for (const { group, create, update, changed, find } of lives) {
    const { id } = await json([group, 'create', ...create])
    const shown = await run([group, 'show', ...find])
    assert.match(shown.stdout, new RegExp(`^ID +${id}\n`), shown.stderr)
    const updated = await json([group, 'update', ...find, ...update])
    assert.deepEqual([updated.id, updated[changed[0]]], [id, changed[1]], group)
    assert.equal((await run([group, 'delete', id])).code, 2, group)
    assert.deepEqual(await json([group, 'delete', id, '--dry-run']), { id, deleted: false })
    assert.deepEqual(await json([group, 'delete', id, '--yes']), { id, deleted: true })
    assert.equal((await run([group, 'show', id])).code, 1, group)
  }
})

test('an access policy is created with names, and the list shows the names that the token can read', async (t) => {
  const authority = await started(t)
  const { run, json, make, prepared } = authority
  const team = await make('teams', { name: 'ops' })
  const environment = await make('environments', { name: 'prod' })
  const { id } = await json(['policy', 'create', '--team', 'ops', '--environment', 'prod', '--role', 'reader'])
  const { stdout } = await run(['policy', 'list', '--team', 'ops'])
  assert.match(stdout, new RegExp(`^ID +SUBJECT +SCOPE +ROLES\n${id} +team ops +environment prod +reader\n$`))
  const [{ team: inJson }] = await json(['policy', 'list', '--team', 'ops'])
  assert.equal(inJson, team)
  const blind = await machine(authority, 'blind', {
    permissions: ['access-policies:read'],
    scope: ['accounts', prepared.account],
  })
  const asBlind = await run(['policy', 'list', '--team', team], { environment: { MINTMARK_TOKEN: blind.token } })
  assert.match(asBlind.stdout, new RegExp(`\n${id} +${team} +${environment} +role-`), asBlind.stderr)
})

test('a secret is read from a file or standard input, and no command has an option for its value', async (t) => {
  const { json, run, call } = await started(t)
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'secret'), 'from a file\n')
  const environment = await json(['environment', 'create', 'prod'])
  const create = ['variable', 'create', '--category', 'shell', '--environment', environment.id]
  const variable = await json([...create, 'A', '--value-file', 'secret'], { folder })
  assert.equal(variable.value, 'from a file')
  const sensitive = await json([...create, 'B', '--sensitive', '--value-file', '-'], { input: 'two\nlines\n' })
  assert.equal(sensitive.value, null)
  const cleared = await json(['variable', 'update', variable.id, '--value-file', '-'], { input: 'two\nlines\r\n' })
  assert.equal(cleared.value, 'two\nlines')
  const missing = await run([...create, 'C', '--value-file', 'absent'], { folder })
  assert.deepEqual([missing.code, missing.stderr], [2, 'mintmark: absent cannot be read (ENOENT)\n'])
  assert.equal((await call('GET', '/vars')).json.data.length, 2)

  for (const of of resources)
    for (const [name, { holdsSecret }] of Object.entries(of.attributes)) {
      const group = Object.entries(resourceCommands).find(([, declared]) => declared.of === of)?.[0]
      if (!holdsSecret || !group) continue
      const { stdout } = await run([group, 'create', '--help'])
      assert.match(
        stdout,
        new RegExp(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-file <file>`),
      )
      assert.doesNotMatch(stdout, new RegExp(`--${name} <`))
    }
})

test('a name in several scopes is refused, and found with the option for its scope', async (t) => {
  const { json, run, make } = await started(t)
  for (const name of ['one', 'two']) {
    await make('environments', { name })
    await json(['workspace', 'create', 'web', '--environment', name])
  }
  const { code, stderr } = await run(['workspace', 'show', 'web'])
  assert.equal(code, 1)
  assert.match(stderr, /^mintmark: more than one workspace is named web: ws-\S+, ws-\S+\nNext: Use the ID/)
  const found = await json(['workspace', 'show', 'web', '--environment', 'two'])
  assert.deepEqual([(await json(['environment', 'show', 'two'])).id, 'web'], [found.environment, found.name])
})

test('actions have commands: lock and unlock with a reason, test of a webhook', async (t) => {
  const { json, run, make } = await started(t)
  const environment = await make('environments', { name: 'prod' })
  const locked = await json(['environment', 'lock', 'prod', '--reason', 'migration'])
  assert.deepEqual([locked.id, locked.locked, locked['lock-reason']], [environment, true, 'migration'])
  assert.equal((await json(['environment', 'unlock', 'prod'])).locked, false)
  const webhook = await json(['webhook', 'create', 'https://example.com/hook'])
  assert.match(webhook.secret, /^whsec_/)
  const tested = await json(['webhook', 'test', webhook.id])
  assert.equal(tested.kind, 'webhook.test')
  const rotated = await run(['webhook', 'rotate-secret', webhook.id])
  assert.match(rotated.stdout, /\nSecret +whsec_\S+\n +Save it now; it won't be shown again\.\n/)
})

test('filters, sort, search and limit are sent to the server', async (t) => {
  const { json, run, make } = await started(t)
  for (const name of ['alpha', 'beta', 'gamma']) await make('teams', { name, description: `team ${name}` })
  const names = async (...args: string[]) =>
    (await json(['team', 'list', ...args])).map(({ name }: { name: string }) => name)
  assert.deepEqual(await names('--sort', '-name'), ['gamma', 'beta', 'alpha'])
  assert.deepEqual(await names('--name', 'beta'), ['beta'])
  assert.deepEqual(await names('--search', 'gamma'), ['gamma'])
  assert.deepEqual(await names('--limit', '2'), ['alpha', 'beta'])
  const limited = await run(['team', 'list', '--limit', '1', '--output', 'csv'])
  assert.deepEqual([limited.stderr, limited.stdout.split('\r\n').length], ['', 3])
})

test('--json takes the members to print, JSON lines have one record each, and CSV neutralizes formulas', async (t) => {
  const { run, make } = await started(t)
  const id = await make('teams', { name: '=1+1', description: 'a "quoted", line' })
  const picked = await run(['team', 'list', '--json', 'name, users'])
  assert.deepEqual(JSON.parse(picked.stdout), [{ name: '=1+1', users: [] }])
  const csv = await run(['team', 'list', '--output', 'csv'])
  const lines = await run(['team', 'list', '--output', 'jsonl'])
  assert.deepEqual(
    lines.stdout.split('\n').map((line) => line && JSON.parse(line).name),
    ['=1+1', ''],
  )
  const [head, row = ''] = csv.stdout.split('\r\n')
  assert.equal(head, '"id","name","description","account","identity-provider","users"')
  assert.ok(row.startsWith(`"${id}","'=1+1","a ""quoted"", line","acc-`), row)
})

const wrong: WrongUsage = [
  [['team', 'list', '--json', 'name,nope'], /^mintmark: --json: unknown field nope; expected some of id, name, /],
  [['team', 'list', '--json', 'name', '--output', 'csv'], /--json cannot be used with --output csv/],
  [['team', 'list', '--limit', '0'], /Expected a number from 1 to 999999999, or all/],
  [['team', 'list', '--sort', 'size'], /Expected one of name, identity-provider/],
  [['team', 'update', 'ops'], /expected at least one option for what to change/],
  [['team', 'delete', 'ops'], /add --yes to confirm it/],
  [['environment', 'update', 'prod', '--name', ''], /Name cannot be empty/],
  [['workspace', 'update', 'w', '--vcs-repo', '{'], /Expected an object/],
  [['workspace', 'update', 'w', '--run-operation-timeout', '1.5'], /Expected a whole number from 1/],
  [['variable', 'create', 'A', '--category', 'none'], /Allowed choices are terraform, shell, env/],
  [['variable', 'create', 'A', '--value', 'secret'], /unknown option '--value'/],
]

test('wrong usage gives one line on stderr and exit code 2, and sends no request', async (t) => {
  await assertWrongUsage(await started(t), wrong)
})
