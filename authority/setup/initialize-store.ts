/** Initializes an empty store: mint mark, signing key, system roles, an account with its owner, and one personal token. */
import { adminRoleId, isEmailAddress, limits, systemRoles } from '@mintmark/contract'
import { type MintMark, mintMark, type Secret } from '@mintmark/token'
import { audit } from '../audit/audit.ts'
import { deriveAuditKeys } from '../audit/audit-keys.ts'
import { startAuditLog } from '../audit/key-audit-log.ts'
import { CannotPrepare } from '../cannot-prepare.ts'
import type { Actor, Context, Vault, World } from '../context.ts'
import type { Database, Db } from '../database/database.ts'
import { insertAccount, insertMembership } from '../identity/accounts/account-store.ts'
import { assignDefaultProvider } from '../identity/identity-providers/default-provider.ts'
import { insertIdentityProvider } from '../identity/identity-providers/identity-provider-store.ts'
import { builtInProviderId } from '../identity/identity-providers/identity-provider-view.ts'
import { insertUser } from '../identity/users/user-store.ts'
import { newId, newUuid } from '../ids.ts'
import { grantRoles } from '../rights/access-policies/grant.ts'
import type { Lifetime } from '../tokens/lifetime.ts'
import { insertMintedToken } from '../tokens/mint.ts'
import { insertRules } from '../tokens/security-rules/security-rule-store.ts'
import { loadSigningKeys, newSigningKey } from '../vault/signing-keys.ts'
import { type MasterKeys, openVault } from '../vault/vault.ts'
import { importResources } from './import-resources.ts'
import { findInstallation, insertInstallation, insertSystemRole } from './installation-store.ts'

export interface Preparation {
  readonly accountName?: string
  readonly accountId?: string
  readonly email?: string
  /** A JSON:API document whose objects keep their ids. */
  readonly resources?: unknown
  readonly mintMark?: string
  readonly host: string
  /** Lifetime of the first token in minutes, 7 days by default; null: it does not expire. */
  readonly tokenLifetime?: number | null
}

export interface Prepared {
  readonly account: string
  readonly user: string
  readonly email: string
  readonly token: Secret
  /** When the first token expires. */
  readonly expiresAt: string | null
}

const shortIdCharacters = 6
/** Long enough to set up an installation: the first token has all permissions of its owner. */
const firstTokenMinutes = 10_080
const defaultEmail = 'owner@mintmark.internal'

/** Runs in one transaction. */
export function initializeStore(
  database: Database,
  world: World,
  masterKeys: MasterKeys,
  options: Preparation,
): Promise<Prepared> {
  return database.write(async (db) => {
    await refuseInitialized(db)
    const vault = openVault(world, masterKeys)
    await startAuditLog(db, { keys: deriveAuditKeys(masterKeys), world })
    const mark = await createInstallation(db, vault, world, options)
    const imported = options.resources === undefined ? null : await importResources(db, vault, world, options)
    const owner = imported?.owner ?? (await newOwner(db, world, options.email ?? defaultEmail))
    const accounts = imported?.accounts.length ? imported.accounts : [await newAccount(db, world, options, owner.id)]
    const context = await ownerContext(db, vault, world, mark, options, owner, accounts)
    for (const account of accounts)
      await setUpAccount(context, account, imported?.ownerOf(account) ?? owner.id, imported?.rules.get(account))
    for (const user of imported?.members ?? []) await addMember(db, world, user.account, user.user)
    const self = { kind: 'user', id: owner.id, accountId: null } as const
    const lifetime = lifetimeOf(world, options.tokenLifetime)
    const minted = await insertMintedToken(context, self, accounts, { name: 'first token' }, lifetime)
    await audit(context, {
      action: 'installation.prepared',
      accountId: accounts,
      subjectType: 'accounts',
      subjectId: accounts[0] ?? null,
      after: { owner: owner.id, imported: imported?.count ?? 0 },
    })
    return {
      account: accounts[0] as string,
      user: owner.id,
      email: owner.email,
      token: minted.once.token,
      expiresAt: lifetime.expiresAt,
    }
  })
}

function lifetimeOf(world: World, expiresIn: number | null = firstTokenMinutes): Lifetime {
  const expiresAt = expiresIn === null ? null : new Date(world.now().getTime() + expiresIn * 60_000).toISOString()
  return { expiresIn, expiresAt, renewableUntil: null }
}

export async function refuseInitialized(db: Db): Promise<void> {
  if (await findInstallation(db)) throw new CannotPrepare('the database is already initialized')
}

async function createInstallation(db: Db, vault: Vault, world: World, options: Preparation): Promise<MintMark> {
  const createdAt = world.now().toISOString()
  const shortId = newId(world, 'x').slice(-shortIdCharacters)
  const mark = mintMark(options.mintMark ?? `scalr:${shortId}`)
  await insertInstallation(db, { id: 'one', shortId, mintMark: mark.text, createdAt })
  await newSigningKey(db, vault, world, 1)
  await insertIdentityProvider(db, {
    id: builtInProviderId,
    accountId: null,
    name: 'scalr',
    idpType: 'scalr',
    verificationStatus: 'success',
    createdAt,
  })
  for (const { id, name, description, permissions } of systemRoles) {
    await insertSystemRole(db, { id, accountId: null, name, description, isSystem: 1, createdAt }, permissions)
  }
  return mark
}

async function newOwner(db: Db, world: World, email: string): Promise<{ id: string; email: string }> {
  if (!isEmailAddress(email)) throw new CannotPrepare('--email: expected an email address')
  const id = newId(world, 'user')
  const createdAt = world.now().toISOString()
  await insertUser(db, {
    id,
    email,
    username: email,
    fullName: null,
    status: 'Active',
    passwordHash: null,
    passwordChangedAt: null,
    changePasswordOnSignIn: 0,
    homeAccountId: null,
    createdAt,
    lastLoginAt: null,
  })
  return { id, email }
}

async function newAccount(
  db: Db,
  world: World,
  { accountId, accountName }: Preparation,
  ownerId: string,
): Promise<string> {
  const id = accountId ?? newId(world, 'acc')
  if (!/^acc-[a-zA-Z0-9]{1,60}$/.test(id))
    throw new CannotPrepare('--account-id: expected an ID such as acc-v0o1234567890abcd')
  const name = accountName ?? 'main'
  if (name.trim() === '' || name.length > limits.nameCharacters)
    throw new CannotPrepare('--account-name: expected a name of 1 to 255 characters')
  await insertAccount(db, {
    id,
    name,
    ownerId,
    identityProviderId: builtInProviderId,
    allowedIps: '[]',
    allowedIpv6: '[]',
    supportAccessEnabled: 0,
    requireSecondFactor: 0,
    createdAt: world.now().toISOString(),
    lastLoginAttemptAt: null,
    loginAttempts: null,
  })
  return id
}

async function ownerContext(
  db: Db,
  vault: Vault,
  world: World,
  mark: MintMark,
  options: Preparation,
  owner: { id: string; email: string },
  accounts: readonly string[],
): Promise<Context> {
  const keys = await loadSigningKeys(db, vault)
  const grants = accounts.map((account) => ({ scope: { account }, permissions: ['*:*'] }))
  const actor: Actor = {
    kind: 'user',
    id: owner.id,
    email: owner.email,
    accounts,
    rights: { grants },
    tokenId: '',
    tokenLastCharacters: null,
  }
  return {
    db,
    world,
    actor,
    vault,
    installation: { mark, host: options.host, signingKey: keys.current, allowPrivateWebhooks: false },
    request: { id: 'init', address: 'local', query: new URLSearchParams(), idempotencyKey: null },
    wasUsed: () => false,
    liveTokens: () => 0,
    auditedEvents: { rows: 0 },
  }
}

/** Creates the security rules, the owner's membership and the owner's policy of an account. */
async function setUpAccount(
  context: Context,
  account: string,
  ownerId: string,
  rules: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { db, world } = context
  await insertRules(db, {
    id: newId(world, 'sr'),
    accountId: account,
    enforceAgentPool: Number(rules['enforceAgentPool'] ?? false),
    maxPersonalTokenLifetime: (rules['maxPersonalTokenLifetime'] as number | null | undefined) ?? null,
    maxServiceAccountTokenLifetime: (rules['maxServiceAccountTokenLifetime'] as number | null | undefined) ?? null,
    requireOwnersForServiceAccounts: Number(rules['requireOwnersForServiceAccounts'] ?? false),
    leakPublic: 'revoke',
    leakPrivate: 'notify',
    leakOverlap: 1_440,
    leakSources: '[]',
  })
  await addMember(db, world, account, ownerId)
  await grantRoles(context, { subject: { userId: ownerId }, scope: { account }, roles: [adminRoleId], isSystem: true })
}

async function addMember(db: Db, world: World, accountId: string, userId: string): Promise<void> {
  await insertMembership(db, { id: newUuid(world), accountId, userId, createdAt: world.now().toISOString() })
  await assignDefaultProvider({ db }, userId, accountId)
}
