/** Writes imported accounts, users, service accounts, roles and policies. */
import { kebab, permissionIds } from '@mintmark/contract'
import { CannotPrepare } from '../cannot-prepare.ts'
import { emailKey } from '../database/email-key.ts'
import { membersIn } from '../database/members.ts'
import { readAllowLists } from '../identity/accounts/allow-list.ts'
import { newEmailAddress } from '../identity/service-accounts/email-address.ts'
import { findScope, type Writers } from './import-row-store.ts'

export const peopleWriters: Writers = {
  'identity-providers': ({ db, id, createdAt, text, maybe }) =>
    db
      .insertInto('identityProviders')
      .values({
        id,
        accountId: maybe('accountId'),
        name: text('name'),
        idpType: text('idpType') || 'saml',
        verificationStatus: text('verificationStatus') || 'success',
        createdAt,
      })
      .execute(),
  users: async ({ db, id, createdAt, text, maybe, ids }) => {
    const email = text('email')
    const status = text('status') || 'Active'
    await db
      .insertInto('users')
      .values({
        id,
        email,
        emailKey: emailKey(email),
        username: text('username') || email,
        fullName: maybe('fullName'),
        status,
        passwordHash: null,
        passwordChangedAt: null,
        changePasswordOnSignIn: 0,
        homeAccountId: null,
        createdAt,
        lastLoginAt: maybe('lastLoginAt'),
      })
      .execute()
    await membersIn('userIdentityProviders', 'userId', 'identityProviderId').add(db, id, ids('identityProviders'))
  },
  accounts: ({ db, id, createdAt, text, flag, ids, loading }) => {
    const { lists, faults } = readAllowLists({ allowedIps: ids('allowedIps'), allowedIpv6: ids('allowedIpv6') })
    const [fault] = faults
    if (fault)
      throw new CannotPrepare(`--from: accounts ${id}: attribute ${kebab(fault.name)}/${fault.index}: ${fault.detail}`)
    return db
      .insertInto('accounts')
      .values({
        id,
        name: text('name') || id,
        ownerId: loading.ownerOf(id),
        identityProviderId: loading.providerOf(id),
        allowedIps: JSON.stringify(lists.allowedIps),
        allowedIpv6: JSON.stringify(lists.allowedIpv6),
        supportAccessEnabled: flag('supportAccessEnabled'),
        requireSecondFactor: flag('requireSecondFactor'),
        createdAt,
        lastLoginAttemptAt: null,
        loginAttempts: null,
      })
      .execute()
  },
  teams: async ({ db, id, createdAt, text, maybe, ids, loading }) => {
    await db
      .insertInto('teams')
      .values({
        id,
        accountId: text('accountId'),
        identityProviderId: maybe('identityProviderId') ?? loading.providerOf(text('accountId')),
        name: text('name'),
        description: maybe('description'),
        createdAt,
      })
      .execute()
    await membersIn('teamUsers', 'teamId', 'userId').add(db, id, ids('users'))
  },
  roles: async ({ db, id, createdAt, text, maybe, ids }) => {
    const unknown = ids('permissions').find((permission) => !permissionIds.has(permission))
    if (unknown !== undefined)
      throw new CannotPrepare(`--from: roles ${id}: relationship permissions: ${unknown} is not a known permission`)
    await db
      .insertInto('roles')
      .values({
        id,
        accountId: text('accountId'),
        name: text('name'),
        description: maybe('description'),
        isSystem: 0,
        createdAt,
      })
      .execute()
    await membersIn('rolePermissions', 'roleId', 'permission').add(db, id, ids('permissions'))
  },
  'service-accounts': async ({ db, id, createdAt, text, maybe, ids, loading }) => {
    const [name, accountId] = [text('name'), text('accountId')]
    const email =
      text('email') || (await newEmailAddress({ db, installation: loading }, { id, account: accountId, name }))
    await db
      .insertInto('serviceAccounts')
      .values({
        id,
        accountId,
        name,
        description: maybe('description'),
        email,
        status: text('status') || 'Active',
        createdById: maybe('createdById'),
        createdAt,
      })
      .execute()
    await membersIn('serviceAccountOwners', 'serviceAccountId', 'teamId').add(db, id, ids('owners'))
  },
  'access-policies': async ({ db, id, createdAt, maybe, ids }) => {
    const { accountId, environmentId, workspaceId } = await findScope({ db, maybe })
    const subjects = ['userId', 'teamId', 'serviceAccountId'].filter((name) => maybe(name))
    if (!accountId || subjects.length !== 1)
      throw new CannotPrepare(
        `--from: access-policies ${id}: expected exactly one scope (account, environment or workspace) and one subject (user, team or service account)`,
      )
    await db
      .insertInto('accessPolicies')
      .values({
        id,
        accountId,
        environmentId,
        workspaceId,
        userId: maybe('userId'),
        teamId: maybe('teamId'),
        serviceAccountId: maybe('serviceAccountId'),
        isSystem: 0,
        createdAt,
      })
      .execute()
    await membersIn('accessPolicyRoles', 'accessPolicyId', 'roleId').add(db, id, ids('roles'))
  },
  'workload-identity-providers': ({ db, id, createdAt, text, ids, maybe }) =>
    db
      .insertInto('workloadIdentityProviders')
      .values({
        id,
        accountId: text('accountId'),
        name: text('name'),
        url: text('url'),
        allowedAudiences: JSON.stringify(ids('allowedAudiences')),
        status: 'pending',
        createdAt,
        createdByEmail: maybe('createdByEmail'),
      })
      .execute(),
  'assume-service-account-policies': async ({ db, id, createdAt, text, raw, maybe }) => {
    const serviceAccountId = text('serviceAccountId')
    const { accountId } = await db
      .selectFrom('serviceAccounts')
      .select('accountId')
      .where('id', '=', serviceAccountId)
      .executeTakeFirstOrThrow()
    await db
      .insertInto('assumePolicies')
      .values({
        id,
        accountId,
        serviceAccountId,
        providerId: text('providerId'),
        name: text('name'),
        claimConditions: JSON.stringify(raw('claimConditions')),
        maximumSessionDuration: Number(raw('maximumSessionDuration') ?? 3_600),
        createdAt,
        createdByEmail: maybe('createdByEmail'),
      })
      .execute()
  },
}
