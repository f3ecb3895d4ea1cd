import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { openMail } from './mail.ts'

const message = { to: 'ann@example.com', subject: 'Hello', text: 'A link: https://x.example/welcome#abc' }

async function mailServer(t: TestContext, options: ConstructorParameters<typeof SMTPServer>[0] = {}) {
  const received: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (chunk) => {
        text += chunk
      })
      stream.on('end', () => {
        received.push(text)
        done()
      })
    },
    ...options,
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise<void>((closed) => server.close(closed)))
  return { received, port: (server.server.address() as AddressInfo).port }
}

test('a message is sent to the configured mail server from the configured address', async (t) => {
  const { received, port } = await mailServer(t)
  const failures: unknown[] = []
  const send = openMail({ address: `smtp://127.0.0.1:${port}`, from: 'mintmark@example.com' }, (error) =>
    failures.push(error),
  )
  assert.deepEqual([await send(message), failures], [true, []])
  assert.match(received[0] ?? '', /^From: mintmark@example\.com\r\nTo: ann@example\.com\r\nSubject: Hello\r\n/)
  assert.ok(received[0]?.includes('https://x.example/welcome#abc'))
})

test('an unreachable mail server and a rejected message are reported and do not throw', async (t) => {
  const failures: Error[] = []
  const onFailure = (error: unknown) => failures.push(error as Error)
  const { port } = await mailServer(t, { onRcptTo: (_address, _session, done) => done(new Error('no such mailbox')) })
  assert.equal(
    await openMail({ address: `smtp://127.0.0.1:${port}`, from: 'm@example.com' }, onFailure)(message),
    false,
  )
  assert.equal(await openMail({ address: 'smtp://127.0.0.1:1', from: 'm@example.com' }, onFailure)(message), false)
  assert.equal(failures.length, 2)
  assert.ok(failures.every(({ message }) => !message.includes('welcome#')))
})

test('a password is never sent to another machine without TLS', async (t) => {
  const { received, port } = await mailServer(t)
  const failures: Error[] = []
  // 127.0.0.2 is this machine too, but is not on the list of local names.
  const address = `smtp://user:secret@127.0.0.2:${port}`
  const send = openMail({ address, from: 'm@example.com' }, (error) => failures.push(error as Error))
  assert.deepEqual([await send(message), received], [false, []])
  assert.ok(!failures[0]?.message.includes('secret'))
})
