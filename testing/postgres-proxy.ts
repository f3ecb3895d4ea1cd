/**
 * A network between a server and PostgreSQL that can be disturbed: it reads the statements that pass and stalls, cuts or
 * swallows the traffic of a connection at any of them. TLS is not spoken.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface PassedStatement {
  readonly text: string
  /** Which connection it came on, in the order in which they were opened. */
  readonly connection: number
}

export type Fault =
  /** The statement, or its answer, is held until the promise resolves, whatever the client does meanwhile. */
  | { readonly hold: 'statement' | 'answer'; readonly until: Promise<unknown> }
  /** The connection is cut before the server has the statement, or before the client has the answer. */
  | { readonly cut: 'statement' | 'answer' }
  /** From this statement on nothing passes any more, and neither side learns that the other is gone. */
  | { readonly vanish: 'statement' | 'answer' }

export interface PostgresProxy {
  readonly url: string
  readonly statements: PassedStatement[]
  /** Asked for every statement; set it to disturb. */
  fault: (statement: PassedStatement) => Fault | undefined
  /** The client's machine is lost: nothing passes on any connection, also not that it is gone. */
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
  // Behind the hooks of those who use it.
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
  /** What passes does so in order; a held message holds what follows it. */
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

  /** Of a simple query, or of one that is prepared when it is bound. */
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
