import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { mintmark, startMintmark } from '../testing/cli/run-mintmark.ts'
import { useProxy } from './use-proxy.ts'

/** A proxy that records requests and refuses them. */
async function proxy(t: TestContext): Promise<{ address: string; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, reply) => {
    requests.push(`${request.method} ${request.url}`)
    reply.writeHead(502).end()
  }).on('connect', (request, socket) => {
    requests.push(`CONNECT ${request.url}`)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  return { address: `http://127.0.0.1:${await listen(t, server)}`, requests }
}

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('client commands use the proxy, except for this machine and hosts in NO_PROXY', async (t) => {
  const { address, requests } = await proxy(t)
  const MINTMARK_TOKEN = 'token'
  const whoami = (MINTMARK_HOST: string, variables: Record<string, string>) =>
    mintmark(t, ['whoami'], { environment: { MINTMARK_HOST, MINTMARK_TOKEN, ...variables } })
  await whoami('https://mintmark.example', { HTTPS_PROXY: address })
  await whoami('https://mintmark.example', {
    https_proxy: address.replace('http://', ''),
    HTTPS_PROXY: 'http://other:1',
  })
  assert.deepEqual(requests.splice(0), ['CONNECT mintmark.example:443', 'CONNECT mintmark.example:443'])

  await whoami('https://mintmark.invalid', { HTTPS_PROXY: address, NO_PROXY: 'other.invalid,mintmark.invalid' })
  const port = await listen(
    t,
    createServer((_, reply) => void reply.writeHead(500).end()),
  )
  for (const host of ['127.0.0.1', 'localhost', '127.0.0.2'])
    await whoami(`http://${host}:${port}`, { HTTP_PROXY: address, http_proxy: address })
  assert.deepEqual(requests, [])
})

test("the server loads GitHub's keys through the proxy", async (t) => {
  const { address, requests } = await proxy(t)
  const environment = { HTTPS_PROXY: address, MINTMARK_LEAK_KEYS_URL: 'https://keys.example/list' }
  const serving = startMintmark(t, ['serve', '--quickstart', '--port', '0'], { environment })
  const server = /is listening on (\S+)/.exec(await serving.printed(/is listening on/))?.[1] ?? ''
  const headers = {
    'github-public-key-identifier': 'key',
    'github-public-key-signature': Buffer.alloc(70).toString('base64'),
    'content-type': 'application/json',
  }
  await fetch(`${server}/leaks/github`, { method: 'POST', headers, body: '[]' })
  assert.deepEqual([...new Set(requests)], ['CONNECT keys.example:443'])
})

test('an invalid proxy URL is rejected without printing it', () => {
  for (const HTTPS_PROXY of ['socks5://user:secret@proxy', 'http://', 'http://user:secret@:1'])
    assert.throws(() => useProxy({ HTTPS_PROXY }), {
      name: 'WrongUsage',
      message: 'HTTPS_PROXY: expected a URL such as http://proxy.example.com:3128',
    })
})
