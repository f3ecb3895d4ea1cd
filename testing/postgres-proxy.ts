/**
 * A TCP proxy in front of PostgreSQL that injects faults: it parses the statements that pass and can delay, cut or drop the
 * traffic of a connection at any of them. Without TLS.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface PassedStatement {
  readonly text: string
  /** The index of its connection, in the order of opening. */
  readonly connection: number
}

export type Fault =
  /** Holds the statement or its answer until the promise resolves, whatever the client does in the meantime. */
  | { readonly hold: 'statement' | 'answer'; readonly until: Promise<unknown> }
  /** Cuts the connection before the server receives the statement, or before the client receives the answer. */
  | { readonly cut: 'statement' | 'answer' }
  /** From this statement on nothing passes, and neither side notices that the other is gone. */
  | { readonly vanish: 'statement' | 'answer' }

export interface PostgresProxy {
  readonly url: string
  readonly statements: PassedStatement[]
  /** Called for every statement. Replace it to inject faults. */
  fault: (statement: PassedStatement) => Fault | undefined
  /** Simulates the loss of the client's machine: nothing passes on any connection, not even its end. */
  vanish(): void
}

export async function startProxy(test: Pick<TestContext, 'after'>, target: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target)
  const links = new Set<Link>()
  let connections = 0
  const server = createServer((client) => {
    const number = connections++
    const link = new Link(client, connect(Number(port), hostname), (text) => {
      const statement = { text, connection: number }
      proxy.statements.push(statement)
      return proxy.fault(statement)
    })
    links.add(link)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  const proxy: PostgresProxy = {
    url: url.href,
    statements: [],
    fault: () => undefined,
    vanish: () => {
      for (const link of links) link.vanish()
    },
  }
  // Nested, to run after the hooks of the tests that use the proxy.
  test.after(() =>
    test.after(() => {
      server.close()
      for (const link of links) link.cut()
    }),
  )
  return proxy
}

class Link {
  readonly #client: Socket
  readonly #server: Socket
  readonly #ask: (statement: string) => Fault | undefined
  readonly #prepared = new Map<string, string>()
  #unread: Buffer = Buffer.alloc(0)
  #isStarted = false
  #isVanished = false
  /** Messages pass in order; a held message holds those after it. */
  #up: Promise<unknown> = Promise.resolve()
  #down: Promise<unknown> = Promise.resolve()

  constructor(client: Socket, server: Socket, ask: (statement: string) => Fault | undefined) {
    this.#client = client
    this.#server = server
    this.#ask = ask
    client.on('data', (data) => this.#read(data as Buffer))
    server.on('data', (data) => this.#passDown(() => client.write(data as Buffer)))
    client.on('close', () => this.#passUp(() => server.end()))
    server.on('close', () => this.#passDown(() => client.end()))
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => undefined)
  }

  cut(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  vanish(): void {
    this.#isVanished = true
  }

  #passUp(pass: () => void): void {
    this.#up = this.#up.then(() => this.#isVanished || pass())
  }

  #passDown(pass: () => void): void {
    this.#down = this.#down.then(() => this.#isVanished || pass())
  }

  #read(data: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, data])
    for (;;) {
      const head = this.#isStarted ? 1 : 0
      if (this.#unread.length < head + 4) return
      const length = head + this.#unread.readInt32BE(head)
      if (this.#unread.length < length) return
      const message = this.#unread.subarray(0, length)
      this.#unread = this.#unread.subarray(length)
      const text = this.#isStarted ? this.#statementIn(message) : undefined
      this.#isStarted = true
      const fault = text === undefined ? undefined : this.#ask(text)
      if (fault) this.#disturb(fault)
      this.#passUp(() => this.#server.write(message))
    }
  }

  /** Returns the text of a simple query, or of a prepared statement when it is bound. */
  #statementIn(message: Buffer): string | undefined {
    const [first = '', second = ''] = message.subarray(5).toString('utf8').split('\0')
    const type = String.fromCharCode(message[0] as number)
    if (type === 'P') this.#prepared.set(first, second)
    if (type === 'B') return this.#prepared.get(second)
    return type === 'Q' ? first : undefined
  }

  #disturb(fault: Fault): void {
    if ('hold' in fault) {
      if (fault.hold === 'statement') this.#up = this.#up.then(() => fault.until)
      else this.#down = this.#down.then(() => fault.until)
    } else if ('cut' in fault) {
      if (fault.cut === 'statement') this.#passUp(() => this.cut())
      else this.#server.removeAllListeners('data').once('data', () => this.cut())
    } else if (fault.vanish === 'statement') this.#passUp(() => this.vanish())
    else {
      this.#down = new Promise(() => undefined)
      this.#client.removeAllListeners('close')
    }
  }
}
