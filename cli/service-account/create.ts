import type { Client, Found } from '@mintmark/client'
import { accessPolicies, serviceAccounts } from '@mintmark/contract'
import { type Command, InvalidArgumentError } from 'commander'
import { collect, findRoleId, findTeamId, id } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { serviceAccountJson, serviceAccountText } from './service-account-text.ts'

interface Flags extends ClientFlags {
  readonly description?: string
  readonly role?: string[]
  readonly scope?: Scope
  readonly owner?: string[]
  readonly account?: string
}

type Scope = { accountId: string } | { environmentId: string } | { workspaceId: string }

export function addServiceAccountCreate(parent: Command): void {
  clientCommand(parent, 'create', 'Create a service account and, with --role, its access policy.')
    .argument('<name>', 'name, also used in the email address of the service account')
    .option('--description <text>', 'description of the service account')
    .option('--role <name or ID>', 'role to grant (repeatable)', collect)
    .option('--scope <id>', 'scope of the roles: acc-…, env-… or ws-… (default: the account)', scope)
    .option('--owner <team>', 'name or ID of an owning team (repeatable)', collect)
    .option('--account <id>', 'ID of the account, required if you belong to several', id)
    .action(create)
}

async function create(name: string, flags: Flags): Promise<void> {
  const { description, role = [], scope, owner = [], account: accountId } = flags
  if (scope && role.length === 0) throw new WrongUsage('--scope requires --role')
  const client = await openClient(flags)
  const roles = await Promise.all(role.map((each) => findRoleId(client, each)))
  const owners = await Promise.all(owner.map((each) => findTeamId(client, each)))
  const created = await client.call(serviceAccounts, 'create', { input: { name, description, owners, accountId } })
  const policy = roles.length > 0 ? await grantOrRemove(client, created, roles, scope) : null
  if (flags.json) return printJson({ ...serviceAccountJson(created), 'access-policy': policy?.id ?? null })
  print(serviceAccountText(created, policy ? [`${policy.id} (${role.join(', ')})`] : []))
  if (!policy) {
    const flagsOfPolicy = `--service-account ${created.id} --account ${created.accountId} --role <name>`
    print(`\nNo access yet: mintmark policy create ${flagsOfPolicy}`)
  }
  print(`\nNext: mintmark token mint --service-account ${created.id}`)
}

/** If the policy is refused, deletes the service account, so that the command can be repeated with the same name. */
async function grantOrRemove(
  client: Client,
  { id: serviceAccountId, accountId }: Found<typeof serviceAccounts>,
  roles: string[],
  scope: Scope = { accountId: accountId ?? '' },
): Promise<Found<typeof accessPolicies>> {
  try {
    return await client.call(accessPolicies, 'create', { input: { serviceAccountId, roles, ...scope } })
  } catch (error) {
    await client.call(serviceAccounts, 'remove', { path: { serviceAccount: serviceAccountId } }).catch(() => {
      const reason = error instanceof Error ? error.message : 'unknown error'
      throw new Failed(
        `${serviceAccountId} was created without an access policy: ${reason}`,
        `Deleting it failed too. Run mintmark service-account delete ${serviceAccountId}`,
      )
    })
    throw error
  }
}

function scope(text: string): Scope {
  if (/^acc-[\w.-]+$/.test(text)) return { accountId: text }
  if (/^env-[\w.-]+$/.test(text)) return { environmentId: text }
  if (/^ws-[\w.-]+$/.test(text)) return { workspaceId: text }
  throw new InvalidArgumentError('Expected the ID of an account (acc-…), environment (env-…) or workspace (ws-…).')
}
