/**
 * cli: the `mintmark` command. It serves and prepares an authority, and is the client of one from a terminal or a
 * script. It will never take a token as an argument, where other people on the machine could read it, or show one
 * that was not minted by that very command.
 */
import { Command } from 'commander'
import manifest from './package.json' with { type: 'json' }
import { reportError, reportWrongUsage } from './report-error.ts'

const whereFrom = `
The server is --host, else MINTMARK_HOST, else SCALR_HOSTNAME, else http://127.0.0.1:8420.
The token is MINTMARK_TOKEN, or in the file MINTMARK_TOKEN_FILE, else SCALR_TOKEN, else what Terraform keeps for the host
(TF_TOKEN_…, ~/.terraformrc, ~/.terraform.d/credentials.tfrc.json). It is never an option.
SSL_CERT_FILE names a certificate authority to trust besides the usual ones.
HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`

/** Each with what it takes to add it: a command is loaded when it is called, or all are for the help. */
const commands: Readonly<Record<string, (root: Command) => Promise<unknown>>> = {
  serve: async (root) => (await import('./serve.ts')).addServe(root),
  init: async (root) => (await import('./init.ts')).addInit(root),
  'sign-in-link': async (root) => (await import('./sign-in-link.ts')).addSignInLink(root),
  login: async (root) => (await import('./login.ts')).addLogin(root),
  whoami: async (root) => (await import('./whoami.ts')).addWhoami(root),
  token: async (root) => {
    const token = root.command('token').description('Mint, list, show, rotate and delete tokens.')
    ;(await import('./token/mint.ts')).addTokenMint(token)
    ;(await import('./token/list.ts')).addTokenList(token)
    ;(await import('./token/show.ts')).addTokenShow(token)
    ;(await import('./token/rotate.ts')).addTokenRotate(token)
    ;(await import('./token/delete.ts')).addTokenDelete(token)
  },
  'service-account': async (root) => {
    const account = root.command('service-account').description('Create, list, show and delete service accounts.')
    ;(await import('./service-account/create.ts')).addServiceAccountCreate(account)
    ;(await import('./service-account/list.ts')).addServiceAccountList(account)
    ;(await import('./service-account/show.ts')).addServiceAccountShow(account)
    ;(await import('./service-account/delete.ts')).addServiceAccountDelete(account)
  },
  leaks: async (root) => {
    const leaks = root.command('leaks').description('Report tokens that were found, and prove whose they are.')
    ;(await import('./leaks/report.ts')).addLeaksReport(leaks)
    ;(await import('./leaks/fingerprints.ts')).addLeaksFingerprints(leaks)
  },
  scan: async (root) => (await import('./scan/scan.ts')).addScan(root),
  audit: async (root) => {
    const audit = root.command('audit').description('Check the audit log.')
    ;(await import('./audit/verify.ts')).addAuditVerify(audit)
  },
}

async function program(called: string | undefined): Promise<Command> {
  const root = new Command('mintmark')
    .description('The self-hosted authority for API tokens.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ outputError: reportWrongUsage })
    .addHelpText('after', whereFrom)
  const known = called !== undefined && Object.hasOwn(commands, called)
  for (const add of known ? [commands[called]] : Object.values(commands)) await add?.(root)
  return root
}

// Whoever reads us may stop early, as `head` does. That is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

try {
  const called = process.argv[2]
  await (await program(called)).parseAsync(process.argv)
} catch (error) {
  process.exitCode = reportError(error)
}
