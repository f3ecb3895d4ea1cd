import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DatabaseTrouble } from '../errors.ts'
import { type PostgresAddress, parsePostgresUrl } from './postgres-options.ts'

const read: Record<string, [url: string, expected: Partial<PostgresAddress> | { tls: object }]> = {
  'the parts of a URL': [
    'postgres://me:hush@db.internal:5433/store',
    { hosts: [{ host: 'db.internal', port: 5433 }], user: 'me', password: 'hush', database: 'store', session: 'any' },
  ],
  'percent-encoded parts, and a raw @, : and # in a password': [
    'postgresql://m%40e:a:b@c%2F#@h/n%20n',
    { user: 'm@e', password: 'a:b@c/#', database: 'n n', hosts: [{ host: 'h', port: 5432 }] },
  ],
  'several hosts with their own ports': [
    'postgres://h1:5432,h2:5433,h3/db?target_session_attrs=primary',
    {
      hosts: [
        { host: 'h1', port: 5432 },
        { host: 'h2', port: 5433 },
        { host: 'h3', port: 5432 },
      ],
      session: 'primary',
    },
  ],
  'IPv6 addresses': [
    'postgres://[::1]:6000,[fe80::1]/db',
    {
      hosts: [
        { host: '::1', port: 6000 },
        { host: 'fe80::1', port: 5432 },
      ],
    },
  ],
  'hosts, ports, user, password and database as parameters': [
    'postgres:///?host=a,b&port=1,2&user=u&password=p%26q&dbname=d',
    {
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      user: 'u',
      password: 'p&q',
      database: 'd',
    },
  ],
  'the directory of a socket': ['postgres://%2Fvar%2Frun/db', { hosts: [{ host: '/var/run', port: 5432 }] }],
  'the directory of a socket as a parameter': [
    'postgres:///db?host=/var/run',
    { hosts: [{ host: '/var/run', port: 5432 }] },
  ],
  'no host': ['postgres:///db', { hosts: [{ host: 'localhost', port: 5432 }] }],
  'one host may be a standby by default': ['postgres://h/d', { session: 'any' }],
  'with several hosts the default is the one that accepts writes': ['postgres://a,b/d', { session: 'read-write' }],
  'any of several hosts on request': ['postgres://a,b/d?target_session_attrs=any', { session: 'any' }],
  'prefer is the default of sslmode': ['postgres://h/d', { tls: { mode: 'prefer', isDirect: false } }],
  'ssl=true of other drivers is require': ['postgres://h/d?ssl=true', { tls: { mode: 'require', isDirect: false } }],
  'sslrootcert=system implies verify-full': [
    'postgres://h/d?sslrootcert=system',
    { tls: { mode: 'verify-full', isDirect: false, root: 'system' } },
  ],
  'TLS files': [
    'postgres://h/d?sslmode=verify-ca&sslrootcert=/r&sslcert=/c&sslkey=/k&sslpassword=p&sslcrl=/l&ssl_min_protocol_version=TLSv1.3',
    {
      tls: {
        mode: 'verify-ca',
        isDirect: false,
        root: '/r',
        cert: '/c',
        key: '/k',
        passphrase: 'p',
        revoked: '/l',
        minVersion: 'TLSv1.3',
      },
    },
  ],
  'the rest': [
    'postgres://h/d?connect_timeout=7&application_name=mine&options=-c%20geqo%3Doff&load_balance_hosts=random&uselibpqcompat=true',
    { connectSeconds: 7, applicationName: 'mine', options: '-c geqo=off', isShuffled: true },
  ],
}

describe('a PostgreSQL URL is parsed as by libpq:', () => {
  for (const [what, [url, expected]] of Object.entries(read)) {
    test(what, () => {
      const address = parsePostgresUrl(url)
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(address[name as keyof PostgresAddress], value, name)
    })
  }
})

const refused: Record<string, [url: string, names: RegExp]> = {
  'another scheme': ['mysql://h/d', /^--database: expected an address/],
  'a misspelled parameter': ['postgres://h/d?sslmod=verify-full', /"sslmod" is not supported/],
  'a parameter given twice': ['postgres://h/d?sslmode=disable&sslmode=require', /sslmode is given twice/],
  'an unknown sslmode': ['postgres://h/d?sslmode=required', /sslmode: expected disable, allow/],
  'a read-only session': ['postgres://h/d?target_session_attrs=standby', /standby is not supported: Mintmark writes/],
  'prefer-standby': [
    'postgres://h/d?target_session_attrs=prefer-standby',
    /prefer-standby is not supported: Mintmark writes/,
  ],
  'an unknown session': [
    'postgres://h/d?target_session_attrs=rw',
    /target_session_attrs: expected any, read-write, primary/,
  ],
  'public authorities with a mode that does not check the name': [
    'postgres://h/d?sslmode=verify-ca&sslrootcert=system',
    /sslrootcert=system needs sslmode=verify-full/,
  ],
  'a certificate without its key': ['postgres://h/d?sslcert=/c', /sslcert and sslkey/],
  'direct TLS that may fall back': ['postgres://h/d?sslnegotiation=direct', /sslnegotiation=direct needs/],
  'an invalid port': ['postgres://h:65536/d', /port: expected a whole number/],
  'fewer ports than hosts': ['postgres:///d?host=a,b,c&port=1,2', /port: expected one, or one for each host/],
  'too many hosts': [`postgres://${Array(17).fill('h').join(',')}/d`, /at most 16 hosts/],
  'a bad percent sign': ['postgres://u:hush%zz@h/d', /the password: expected percent-encoding/],
  'a NUL': ['postgres://u:hush%00@h/d', /the password: expected no NUL/],
  'an invalid timeout': ['postgres://h/d?connect_timeout=0', /connect_timeout: expected whole seconds/],
  'another client encoding': ['postgres://h/d?client_encoding=LATIN1', /client_encoding: expected UTF8/],
  'channel binding that cannot be enforced': [
    'postgres://h/d?channel_binding=require',
    /channel_binding=require is not supported/,
  ],
}

describe('a PostgreSQL URL is rejected with the name of the parameter and without its password:', () => {
  for (const [what, [url, names]] of Object.entries(refused)) {
    test(what, () =>
      assert.throws(
        () => parsePostgresUrl(url),
        (error: Error) => {
          assert.ok(error instanceof DatabaseTrouble && error.isPermanent)
          assert.match(error.message, /^--database: /)
          assert.match(error.message, names)
          assert.ok(!error.message.includes('hush'))
          return true
        },
      ),
    )
  }
})
