import type { Client, Found } from '@mintmark/client'
import { accessPolicies, serviceAccounts } from '@mintmark/contract'
import { type Command, InvalidArgumentError } from 'commander'
import { type ClientFlags, clientCommand, openClient } from '../client-command.ts'
import { collect, findRoleId, findTeamId, id } from '../named.ts'
import { print, printJson } from '../print.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { serviceAccountJson, serviceAccountWords } from './shown.ts'

interface Flags extends ClientFlags {
  readonly description?: string
  readonly role?: string[]
  readonly scope?: Scope
  readonly owner?: string[]
  readonly account?: string
}

type Scope = { accountId: string } | { environmentId: string } | { workspaceId: string }

export function addServiceAccountCreate(parent: Command): void {
  clientCommand(parent, 'create', 'Create a service account and, with --role, the policy that says what it may do.')
    .argument('<name>', 'what to call it; part of its e-mail address')
    .option('--description <text>', 'what it is for')
    .option('--role <name or id>', 'a role it gets; may be repeated', collect)
    .option('--scope <id>', 'where it gets the roles: acc-…, env-… or ws-…; the account unless told', scope)
    .option('--owner <team>', 'name or id of a team that answers for it; may be repeated', collect)
    .option('--account <id>', 'which account, when you belong to several', id)
    .action(create)
}

async function create(name: string, flags: Flags): Promise<void> {
  const { description, role = [], scope, owner = [], account: accountId } = flags
  if (scope && role.length === 0) throw new WrongUsage('--scope: expected together with --role')
  const client = await openClient(flags)
  const roles = await Promise.all(role.map((each) => findRoleId(client, each)))
  const owners = await Promise.all(owner.map((each) => findTeamId(client, each)))
  const made = await client.call(serviceAccounts, 'create', { wish: { name, description, owners, accountId } })
  const policy = roles.length > 0 ? await grantOrRemove(client, made, roles, scope) : null
  if (flags.json) return printJson({ ...serviceAccountJson(made), 'access-policy': policy?.id ?? null })
  print(serviceAccountWords(made, policy ? [`${policy.id} (${role.join(', ')})`] : []))
  print(`\nNext: mintmark token mint --service-account ${made.id}`)
}

/** A service account that was to have rights and got none would only be in the way of the next attempt. */
async function grantOrRemove(
  client: Client,
  { id: serviceAccountId, accountId }: Found<typeof serviceAccounts>,
  roles: string[],
  scope: Scope = { accountId: accountId ?? '' },
): Promise<Found<typeof accessPolicies>> {
  try {
    return await client.call(accessPolicies, 'create', { wish: { serviceAccountId, roles, ...scope } })
  } catch (error) {
    await client.call(serviceAccounts, 'remove', { path: { serviceAccount: serviceAccountId } }).catch(() => {
      const why = error instanceof Error ? error.message : 'unknown error'
      throw new Failed(
        `${serviceAccountId} was made but got no policy: ${why}`,
        `It could not be removed again either: mintmark service-account delete ${serviceAccountId}`,
      )
    })
    throw error
  }
}

function scope(text: string): Scope {
  if (/^acc-[\w.-]+$/.test(text)) return { accountId: text }
  if (/^env-[\w.-]+$/.test(text)) return { environmentId: text }
  if (/^ws-[\w.-]+$/.test(text)) return { workspaceId: text }
  throw new InvalidArgumentError('Expected the id of an account (acc-…), environment (env-…) or workspace (ws-…).')
}
