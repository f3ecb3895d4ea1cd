/**
 * The screenshot of the README. With `MINTMARK_TEST_PICTURES=1` this test takes it again:
 * `MINTMARK_TEST_PICTURES=1 npm test -- console/screenshot`.
 */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { settled, takesPictures } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document } from '../testing/kit.ts'

const root = dirname(import.meta.dirname)
const image = 'docs/images/service-account-tokens.png'
const bytesMax = 150_000

const shown = sharedConsole()

/** A service account with used and unused tokens and a rotated one. Returns its ID. */
async function createServiceAccount(): Promise<string> {
  const { authority } = shown
  const { account } = authority.prepared
  const post = async (path: string, body: object) => {
    const response = await authority.call('POST', path, { body })
    assert.equal(response.status, 201, response.text)
    return response.json.data
  }
  const team = await post('/teams', document('teams', { name: 'Platform' }, { account: ['accounts', account] }))
  const owners = { owners: [['teams', team.id]] } as const
  const { id } = await post('/service-accounts', document('service-accounts', { name: 'deployments' }, owners))
  const roles = await authority.call('GET', '/roles?filter[name]=reader')
  const policy = {
    account: ['accounts', account],
    'service-account': ['service-accounts', id],
    roles: [['roles', roles.json.data[0].id]],
  } as const
  await post('/access-policies', document('access-policies', {}, policy))
  const create = async (name: string, expiresIn?: number): Promise<string> => {
    const attributes = { name, ...(expiresIn && { 'expires-in': expiresIn }) }
    const created = await post(`/service-accounts/${id}/access-tokens`, document('access-tokens', attributes))
    return created.attributes.token
  }
  const day = 1_440
  const used = await create('GitHub Actions', 90 * day)
  assert.equal((await authority.call('GET', '/environments', { token: used })).status, 200)
  await create('Nightly backup', 30 * day)
  await create('Monitoring', 365 * day)
  const token = await create('Terraform', 180 * day)
  const rotated = await authority.call('POST', '/access-tokens/self/actions/rotate', { token, body: { overlap: day } })
  assert.equal(rotated.status, 201, rotated.text)
  await authority.app.flush()
  return id
}

test('the README shows a screenshot that is small enough to commit', () => {
  assert.ok(readFileSync(join(root, 'README.md'), 'utf8').includes(`](${image})`))
  assert.ok(statSync(join(root, image)).size <= bytesMax)
})

describeInBrowser('the page of the screenshot', () => {
  test('lists the tokens of a service account without their secrets', async () => {
    const id = await createServiceAccount()
    const page = await shown.visit(`/${shown.authority.prepared.account}/iam/service-accounts/${id}`)
    for (const name of ['GitHub Actions', 'Nightly backup', 'Monitoring', 'Terraform'])
      await page.getByRole('row').filter({ hasText: name }).first().waitFor()
    await settled(page)
    assert.doesNotMatch(await page.content(), /eyJ[\w-]+\.[\w-]+\.[\w-]+/)
    if (!takesPictures) return
    mkdirSync(dirname(join(root, image)), { recursive: true })
    await page.screenshot({ path: join(root, image), animations: 'disabled' })
  })
})
