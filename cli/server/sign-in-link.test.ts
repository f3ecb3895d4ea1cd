import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintmark, startMintmark } from '../../testing/cli/run-mintmark.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

test('the first start and sign-in-link each print a link that signs in once', async (t) => {
  const folder = temporaryFolder(t)
  const serving = startMintmark(t, ['serve', '--quickstart', '--port', '0'], { folder })
  const shown = await serving.printed(/Signs you in as the owner/)
  const [, origin = '', first = ''] = /Console {2}(http:\/\/localhost:\d+)\/welcome#(\S+)/.exec(shown) ?? []
  const open = async (secret: string) => {
    const answer = await fetch(`${origin}/auth/link/open`, {
      method: 'POST',
      headers: { 'x-mintmark-console': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ secret }),
    })
    return [answer.status, ((await answer.json()) as { purpose?: string }).purpose]
  }
  assert.deepEqual(await open(first), [200, 'owner'])
  const made = await mintmark(t, ['sign-in-link', '--at', origin, '--json'], { folder })
  const link = JSON.parse(made.stdout).link as string
  assert.ok(link.startsWith(`${origin}/welcome#`))
  assert.deepEqual(await open(link.split('#')[1] ?? ''), [200, 'owner'])
  assert.deepEqual(await open(first), [401, undefined], 'a newer link invalidates the older')
})

test('sign-in-link fails for an unknown user, and creates no database', async (t) => {
  const folder = temporaryFolder(t)
  const none = await mintmark(t, ['sign-in-link'], { folder })
  assert.deepEqual([none.code, none.stdout], [2, ''])
  assert.match(none.stderr, /there is no database in/)
  await mintmark(t, ['init'], { folder })
  const unknown = await mintmark(t, ['sign-in-link', 'nobody@example.com'], { folder })
  assert.deepEqual([unknown.code, unknown.stdout], [2, ''])
  assert.match(unknown.stderr, /no user has the email address nobody@example\.com/)
  const environment = { MINTMARK_PUBLIC_URL: 'https://mintmark.example.com' }
  const link = await mintmark(t, ['sign-in-link'], { folder, environment })
  assert.match(link.stdout, /https:\/\/mintmark\.example\.com\/welcome#/)
  const odd = await mintmark(t, ['sign-in-link', '--at', 'nowhere'], { folder })
  assert.match(odd.stderr, /--at: expected a URL/)
})
