/**
 * cli: the `mintmark` command. It serves and prepares an authority, and is the client of one from a terminal or a
 * script. It will never take a token as an argument, where other people on the machine could read it, or show one
 * that was not minted by that very command.
 */
import { Command } from 'commander'
import { addAuditVerify } from './audit/verify.ts'
import { complain, complainOfUsage } from './complain.ts'
import { addInit } from './init.ts'
import { addLeaksFingerprints } from './leaks/fingerprints.ts'
import { addLeaksReport } from './leaks/report.ts'
import { addLogin } from './login.ts'
import manifest from './package.json' with { type: 'json' }
import { addScan } from './scan/scan.ts'
import { addServe } from './serve.ts'
import { addServiceAccountCreate } from './service-account/create.ts'
import { addServiceAccountDelete } from './service-account/delete.ts'
import { addServiceAccountList } from './service-account/list.ts'
import { addServiceAccountShow } from './service-account/show.ts'
import { addSignInLink } from './sign-in-link.ts'
import { addTokenDelete } from './token/delete.ts'
import { addTokenList } from './token/list.ts'
import { addTokenMint } from './token/mint.ts'
import { addTokenRotate } from './token/rotate.ts'
import { addTokenShow } from './token/show.ts'
import { addWhoami } from './whoami.ts'

const whereFrom = `
The server is --host, else MINTMARK_HOST, else SCALR_HOSTNAME, else http://127.0.0.1:8420.
The token is MINTMARK_TOKEN, else SCALR_TOKEN, else what Terraform keeps for the host
(TF_TOKEN_…, ~/.terraformrc, ~/.terraform.d/credentials.tfrc.json). It is never an option.
SSL_CERT_FILE names a certificate authority to trust besides the usual ones.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`

function program(): Command {
  const root = new Command('mintmark')
    .description('The self-hosted authority for API tokens.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ outputError: complainOfUsage })
    .addHelpText('after', whereFrom)
  addServe(root)
  addInit(root)
  addSignInLink(root)
  addLogin(root)
  addWhoami(root)
  const token = root.command('token').description('Mint, list, show, rotate and delete tokens.')
  addTokenMint(token)
  addTokenList(token)
  addTokenShow(token)
  addTokenRotate(token)
  addTokenDelete(token)
  const serviceAccount = root.command('service-account').description('Create, list, show and delete service accounts.')
  addServiceAccountCreate(serviceAccount)
  addServiceAccountList(serviceAccount)
  addServiceAccountShow(serviceAccount)
  addServiceAccountDelete(serviceAccount)
  const leaks = root.command('leaks').description('Report tokens that were found, and prove whose they are.')
  addLeaksReport(leaks)
  addLeaksFingerprints(leaks)
  addScan(root)
  addAuditVerify(root.command('audit').description('Check the audit log.'))
  return root
}

// Whoever reads us may stop early, as `head` does. That is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

try {
  await program().parseAsync(process.argv)
} catch (error) {
  process.exitCode = complain(error)
}
