import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { openMail } from './mail.ts'

const letter = { to: 'ann@example.com', subject: 'Hello', text: 'A link: https://x.example/welcome#abc' }

async function mailServer(t: TestContext, options: ConstructorParameters<typeof SMTPServer>[0] = {}) {
  const taken: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (chunk) => {
        text += chunk
      })
      stream.on('end', () => {
        taken.push(text)
        done()
      })
    },
    ...options,
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise<void>((closed) => server.close(closed)))
  return { taken, port: (server.server.address() as AddressInfo).port }
}

test('a letter is handed to the mail server that was set up, under the address that was set up', async (t) => {
  const { taken, port } = await mailServer(t)
  const failures: unknown[] = []
  const send = openMail({ address: `smtp://127.0.0.1:${port}`, from: 'mintmark@example.com' }, (error) =>
    failures.push(error),
  )
  assert.deepEqual([await send(letter), failures], [true, []])
  assert.match(taken[0] ?? '', /^From: mintmark@example\.com\r\nTo: ann@example\.com\r\nSubject: Hello\r\n/)
  assert.ok(taken[0]?.includes('https://x.example/welcome#abc'))
})

test('a mail server that is not there, or refuses, is told and is no exception', async (t) => {
  const failures: Error[] = []
  const onFailure = (error: unknown) => failures.push(error as Error)
  const { port } = await mailServer(t, { onRcptTo: (_address, _session, done) => done(new Error('no such mailbox')) })
  assert.equal(await openMail({ address: `smtp://127.0.0.1:${port}`, from: 'm@example.com' }, onFailure)(letter), false)
  assert.equal(await openMail({ address: 'smtp://127.0.0.1:1', from: 'm@example.com' }, onFailure)(letter), false)
  assert.equal(failures.length, 2)
  assert.ok(failures.every(({ message }) => !message.includes('welcome#')))
})

test('a password never goes to another machine without TLS', async (t) => {
  const { taken, port } = await mailServer(t)
  const failures: Error[] = []
  // A name of this machine that is not known to be one.
  const address = `smtp://user:secret@127.0.0.2:${port}`
  const send = openMail({ address, from: 'm@example.com' }, (error) => failures.push(error as Error))
  assert.deepEqual([await send(letter), taken], [false, []])
  assert.ok(!failures[0]?.message.includes('secret'))
})
