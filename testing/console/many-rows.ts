/** Adds 25 rows to every list of the console. */
import { document, type Related } from '../kit.ts'
import { insertTokens } from '../many-tokens.ts'
import type { Console } from './console.ts'
import type { ConsoleFixture } from './console-fixture.ts'

export const rowsPerList = 25

type Make = (type: string, attributes: object, relations?: Readonly<Record<string, Related>>) => Promise<string>

export async function addManyRows({ authority }: Console, of: ConsoleFixture): Promise<void> {
  const { call, database } = authority
  const make: Make = async (type, attributes, relations) => {
    const answer = await call('POST', `/${type}`, { body: document(type, attributes, relations) })
    if (answer.status >= 300) throw new Error(`${type}: ${answer.text}`)
    return answer.json.data.id as string
  }
  const members: string[] = [of.user]
  for (let row = 1; row <= rowsPerList; row++) {
    const body = document('users', { email: `person-${row}@example.com` })
    const invited = await call('POST', `/accounts/${of.account}/actions/invite`, { body })
    const user = invited.json.data.relationships.user.data.id as string
    members.push(user)
    await addRow(make, of, { user, row })
  }
  const users = members.map((id) => ['users', id] as const)
  await call('PATCH', `/teams/${of.team}`, { body: document('teams', {}, { users }) })
  const tokens = { count: rowsPerList, prefix: 'rows' }
  await insertTokens(database, { ...tokens, owner: of.serviceAccount, account: of.account })
  await insertTokens(database, { ...tokens, owner: of.user, ownerKind: 'user', account: null, prefix: 'own' })
}

async function addRow(make: Make, of: ConsoleFixture, { user, row }: { user: string; row: number }): Promise<void> {
  const name = `row ${row}`
  const team = await make('teams', { name }, { account: ['accounts', of.account], users: [['users', user]] })
  const role = await make('roles', { name }, { permissions: [['permissions', 'variables:read']] })
  const serviceAccount = await make('service-accounts', { name: `row-${row}` }, { owners: [['teams', team]] })
  const environment = await make('environments', { name: `env-${row}` })
  const workspace = await make('workspaces', { name: `row-${row}` }, { environment: ['environments', of.environment] })
  const scopes = [
    { account: ['accounts', of.account] },
    { environment: ['environments', environment] },
    { workspace: ['workspaces', workspace] },
  ] as const
  const policy = (subject: Readonly<Record<string, Related>>, scope: number) => {
    const roles: Related = [
      ['roles', role],
      ['roles', of.role],
    ]
    return make('access-policies', {}, { ...subject, ...scopes[scope % 3], roles })
  }
  await policy({ user: ['users', user] }, row)
  await policy({ team: ['teams', team] }, row + 1)
  await policy({ 'service-account': ['service-accounts', serviceAccount] }, row + 2)
  await policy({ user: ['users', of.user] }, 1)
  await policy({ team: ['teams', of.team] }, 2)
  await policy({ 'service-account': ['service-accounts', of.serviceAccount] }, 1)
  const variable = { key: `ROW_${row}`, value: 'x', category: 'shell' }
  await make('vars', variable, { account: ['accounts', of.account] })
  await make('vars', variable, { environment: ['environments', of.environment] })
  await make('vars', variable, { workspace: ['workspaces', of.workspace] })
}
