/** Settings of outgoing connections: mail, GitHub and the key lists of reporters. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { GitHubSettings } from '../../leaks/github/github-api.ts'
import { githubReporter, type Reporter, reportersIn } from '../../leaks/reporters.ts'
import type { MailSettings } from '../../outbound/mail.ts'
import { readJsonFile, readTextFile } from './read-file.ts'
import type { ReadValue } from './setting-source.ts'
import { WrongUsage } from './wrong-usage.ts'

export function readMail(address: string | undefined, from: string | undefined): MailSettings | null {
  if (Boolean(address) !== Boolean(from))
    throw new WrongUsage('MINTMARK_SMTP_URL and MINTMARK_MAIL_FROM: set both or neither')
  if (!address || !from) return null
  if (!/^smtps?:$/.test(URL.parse(address)?.protocol ?? ''))
    throw new WrongUsage('MINTMARK_SMTP_URL: expected a URL such as smtps://user:password@mail.example.com')
  if (!/^[^\r\n@]*@[^\r\n]+$/.test(from)) throw new WrongUsage('MINTMARK_MAIL_FROM: expected an email address')
  return { address, from }
}

export function readReporters(
  keysUrl: string | undefined,
  keysFile: string | undefined,
  othersFile: string | undefined,
): Reporter[] {
  const keys = keysFile === undefined ? undefined : readJsonFile('MINTMARK_LEAK_KEYS', keysFile)
  const others = othersFile === undefined ? undefined : readJsonFile('MINTMARK_LEAK_REPORTERS', othersFile)
  try {
    const github = githubReporter(keysUrl, keys)
    return [github, ...(others === undefined ? [] : reportersIn(others))]
  } catch (error) {
    throw new WrongUsage(
      `MINTMARK_LEAK_KEYS_URL, MINTMARK_LEAK_KEYS, MINTMARK_LEAK_REPORTERS: ${(error as Error).message}`,
    )
  }
}

/** The alert webhook, and the credentials to read and resolve alerts. */
export type GitHubAlertSettings = GitHubSettings & { readonly webhookSecret: string }

export function readGitHub(value: ReadValue): GitHubAlertSettings | null {
  const webhookSecret = value('githubWebhookSecret')
  const [token, app, keyFile] = [value('githubToken'), value('githubApp'), value('githubAppKey')]
  if (!webhookSecret && !token && !app && !keyFile) return null
  if (!webhookSecret || Boolean(token) === Boolean(app) || Boolean(app) !== Boolean(keyFile))
    throw new WrongUsage(
      'MINTMARK_GITHUB_WEBHOOK_SECRET: set it together with either MINTMARK_GITHUB_TOKEN, or MINTMARK_GITHUB_APP and MINTMARK_GITHUB_APP_KEY',
    )
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new WrongUsage('MINTMARK_GITHUB_TOKEN: expected a GitHub token without spaces')
  const address = value('githubApi')
  if (!/^https:\/\/[^/?#]+(\/[^?#]*[^/?#])?$/.test(address))
    throw new WrongUsage('MINTMARK_GITHUB_API: expected an https URL such as https://git.example.com/api/v3')
  const login = token ? { token } : { app: app as string, key: readPrivateKey(keyFile as string) }
  return { webhookSecret, address, login }
}

function readPrivateKey(file: string): KeyObject {
  try {
    const key = createPrivateKey(readTextFile('MINTMARK_GITHUB_APP_KEY', file))
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // Reported below, without the content of the file.
  }
  throw new WrongUsage(`MINTMARK_GITHUB_APP_KEY: expected an RSA private key (PEM) in ${file}`)
}
