import { Command } from 'commander'
import { bold } from './output/table.ts'
import manifest from './package.json' with { type: 'json' }
import { reportWrongUsage } from './report-error.ts'

const environmentHelp = `
Server, in order of precedence: --profile or MINTMARK_PROFILE, --host, MINTMARK_URL, MINTMARK_HOST, SCALR_HOSTNAME,
the current profile (mintmark auth switch), http://127.0.0.1:8420.
Token, in order of precedence: that of the profile, MINTMARK_TOKEN or the file MINTMARK_TOKEN_FILE, SCALR_TOKEN,
the current profile, Terraform's credentials for the host (TF_TOKEN_…, ~/.terraformrc,
~/.terraform.d/credentials.tfrc.json). There is no option for the token, because other users of the machine can see
command lines.
SSL_CERT_FILE: file with a CA certificate (PEM) to trust in addition to the system's.
HTTPS_PROXY, HTTP_PROXY and NO_PROXY: proxy settings, as for curl.

Exit codes: 0 success, 1 request refused or command failed, 2 usage error or missing confirmation, 3 tokens found (scan).`

/** Groups whose commands all follow from the declaration of a resource. */
const resourceGroups = {
  account: 'List, show and update accounts.',
  user: 'Create, list, show, update and delete users.',
  team: 'Create, list, show, update and delete teams.',
  role: 'Create, list, show, update and delete roles.',
  permission: 'List permissions.',
  policy: 'Create, list, show, update and delete access policies.',
  environment: 'Create, list, show, update and delete environments.',
  workspace: 'Create, list, show, update and delete workspaces.',
  variable: 'Create, list, show, update and delete variables.',
  tag: 'Create, list, show, update and delete tags.',
  'agent-pool': 'Create, list, show, update and delete agent pools.',
  'workload-identity-provider': 'Create, list, show, update and delete workload identity providers.',
  webhook: 'Create, list, show, update, test and delete webhooks.',
  notification: 'List notifications.',
  finding: 'List security findings.',
  'leak-note': 'List the notes of leak reports.',
} as const

const addGroup = (name: keyof typeof resourceGroups) => async (root: Command) => {
  const group = root.command(name).description(resourceGroups[name])
  ;(await import('./resource/add-resource.ts')).addResource(group, name)
}

/** A command is loaded when it is called; the help loads all of them. */
const commands: Readonly<Record<string, (root: Command) => Promise<unknown>>> = {
  serve: async (root) => (await import('./server/serve.ts')).addServe(root),
  init: async (root) => (await import('./server/init.ts')).addInit(root),
  doctor: async (root) => (await import('./server/doctor.ts')).addDoctor(root),
  'sign-in-link': async (root) => (await import('./server/sign-in-link.ts')).addSignInLink(root),
  auth: async (root) => {
    const auth = root.command('auth').description('Sign in to servers, sign out, and switch between them.')
    ;(await import('./auth/login.ts')).addLogin(auth)
    ;(await import('./auth/logout.ts')).addLogout(auth)
    ;(await import('./auth/status.ts')).addStatus(auth)
    ;(await import('./auth/switch.ts')).addSwitch(auth)
  },
  login: async (root) => (await import('./auth/login.ts')).addLogin(root),
  whoami: async (root) => (await import('./auth/whoami.ts')).addWhoami(root),
  api: async (root) => (await import('./api/api.ts')).addApi(root),
  token: async (root) => {
    const token = root.command('token').description('Create, list, show, rotate and delete tokens.')
    ;(await import('./token/mint.ts')).addTokenMint(token)
    ;(await import('./token/list.ts')).addTokenList(token)
    ;(await import('./token/show.ts')).addTokenShow(token)
    ;(await import('./token/uses.ts')).addTokenUses(token)
    ;(await import('./token/report.ts')).addTokenReport(token)
    ;(await import('./token/rotate.ts')).addTokenRotate(token)
    ;(await import('./token/delete.ts')).addTokenDelete(token)
  },
  'service-account': async (root) => {
    const account = root
      .command('service-account')
      .description('Create, list, show, update and delete service accounts.')
    ;(await import('./service-account/create.ts')).addServiceAccountCreate(account)
    ;(await import('./service-account/show.ts')).addServiceAccountShow(account)
    ;(await import('./resource/add-resource.ts')).addResource(account, 'service-account', ['create', 'show'])
  },
  ...Object.fromEntries(
    Object.keys(resourceGroups).map((name) => [name, addGroup(name as keyof typeof resourceGroups)]),
  ),
  leaks: async (root) => {
    const leaks = root
      .command('leaks')
      .description('Report leaked tokens, list and update reports, and export token fingerprints.')
    ;(await import('./leaks/report.ts')).addLeaksReport(leaks)
    ;(await import('./leaks/fingerprints.ts')).addLeaksFingerprints(leaks)
    ;(await import('./resource/add-resource.ts')).addResource(leaks, 'leaks', ['contain'])
  },
  scan: async (root) => (await import('./scan/scan.ts')).addScan(root),
  audit: async (root) => {
    const audit = root.command('audit').description('List audit events and verify the audit log.')
    ;(await import('./audit/verify.ts')).addAuditVerify(audit)
    ;(await import('./resource/add-resource.ts')).addResource(audit, 'audit')
  },
}

/** Creates the program without commands. */
export const createRoot = (): Command =>
  new Command('mintmark')
    .description('The self-hosted authority for API tokens.')
    .version(manifest.version)
    .option('--no-color', 'do not color the output (NO_COLOR)')
    .configureHelp({ showGlobalOptions: true, styleTitle: bold })
    .exitOverride()
    .configureOutput({ outputError: reportWrongUsage })
    .addHelpText('after', environmentHelp)

/** Creates the program with the command that is called, or with all commands. */
export async function createProgram(called?: string, isCompleting = false): Promise<Command> {
  const root = createRoot()
  const isKnown = called !== undefined && Object.hasOwn(commands, called)
  for (const add of isKnown ? [commands[called]] : Object.values(commands)) await add?.(root)
  if (!isKnown || isCompleting) (await import('./completion.ts')).addCompletion(root)
  return root
}
