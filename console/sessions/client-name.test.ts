import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nameClient } from './client-name.ts'

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const iosWebKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('a session is named after', () => {
  for (const [userAgent, name] of [
    [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/156.0.0.0 Safari/537.36`, 'Chrome 156 on Linux'],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/131.0.0.0 Safari/537.36`, 'Chrome 131 on ChromeOS'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/156.0.0.0 Safari/537.36`, 'Chrome 156 on Linux'],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${iosWebKit} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`,
      'Chrome 131 on iOS',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.70`,
      'Edge 131 on Windows',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; HD1913) ${webKit} Chrome/131.0.6778.81 Mobile Safari/537.36 EdgA/131.0.2903.48`,
      'Edge 131 on Android',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36 OPR/115.0.0.0`,
      'Opera 115 on Windows',
    ],
    [
      `Mozilla/5.0 (Linux; Android 14; SM-S928B) ${webKit} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet 26 on Android',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox 133 on macOS'],
    [
      `Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) ${iosWebKit} FxiOS/133.0 Mobile Safari/605.1.15`,
      'Firefox 133 on iPadOS',
    ],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${iosWebKit} Version/18.1 Safari/605.1.15`, 'Safari 18 on macOS'],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${iosWebKit} Version/18.1 Mobile/15E148 Safari/604.1`,
      'Safari 18 on iOS',
    ],
    ['curl/8.14.1', 'curl/8.14.1'],
    ['Chrome/156', 'Chrome 156'],
    ['', 'Unknown browser'],
  ] as const)
    test(`${name}: ${userAgent || 'no header'}`, () => assert.equal(nameClient(userAgent), name))
})
