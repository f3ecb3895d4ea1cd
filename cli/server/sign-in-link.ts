import type { Command } from 'commander'
import { print, printJson, when } from '../output/print.ts'
import { labelled } from '../output/table.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from './store-command.ts'

interface LinkFlags extends StoreFlags {
  readonly at?: string
  readonly json?: boolean
}

export function addSignInLink(parent: Command): void {
  storeCommand(parent, 'sign-in-link', 'Print a one-time link that signs a user in to the console.')
    .argument('[email]', 'user to sign in (default: owner of the first account)')
    .option('--at <url>', 'URL of the console (default: MINTMARK_PUBLIC_URL or http://localhost:8420)')
    .option('--json', 'print JSON')
    .action(signInLink)
}

async function signInLink(email: string | undefined, { data, database, at, json }: LinkFlags): Promise<void> {
  const authority = await openAuthority()
  const settings = settingsFrom(authority, { data, database })
  const origin = URL.parse(at ?? settings.publicUrl ?? 'http://localhost:8420')?.origin
  if (!origin?.startsWith('http'))
    throw new authority.WrongUsage('--at: expected a URL such as https://mintmark.example.com')
  const link = await authority.signInLink(settings, email)
  const address = `${origin}/welcome#${link.secret.open()}`
  if (json) return printJson({ email: link.email, link: address, 'expires-at': link.expiresAt })
  print(
    labelled([
      ['User', link.email],
      ['Link', address],
      ['', `Can be used once, until ${when(link.expiresAt, '')}. Anyone who opens it is signed in.`],
    ]),
  )
}
