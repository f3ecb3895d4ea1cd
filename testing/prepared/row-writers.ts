/** Insert rows in which a test names only the columns that matter to it. */
import { hashToken } from '@mintmark/token'
import type { Database } from '../../authority/database/database.ts'
import type { Tables } from '../../authority/database/schema/tables.ts'

type Write = Database['write']
type Row<Name extends keyof Tables> = Partial<Tables[Name]> & { readonly id: string }

/** The rows from which others take their columns. */
interface Samples {
  readonly token: Tables['accessTokens']
  readonly account: Tables['accounts']
  readonly user: Tables['users']
}

export const subjectWriters = (write: Write, samples: Samples) => ({
  /** Tokens of the user by default. The hash of a token is `hashToken` of its id. */
  insertTokens: (...rows: readonly Row<'accessTokens'>[]) =>
    write(async (db) => {
      for (const row of rows) {
        const token = { ...samples.token, hash: hashToken(row.id), family: row.id, ...row }
        await db.insertInto('accessTokens').values(token).execute()
      }
    }),
  /** Without members. */
  insertAccount: (id: string) =>
    write(async (db) => {
      const account = { ...samples.account, id, name: id }
      await db.insertInto('accounts').values(account).execute()
    }),
  /** In no account. */
  insertUser: (row: Row<'users'>) =>
    write(async (db) => {
      const email = `${row.id}@mintmark.internal`
      const user = { ...samples.user, email, emailKey: email, username: email, ...row }
      await db.insertInto('users').values(user).execute()
    }),
  insertServiceAccounts: (...rows: readonly Row<'serviceAccounts'>[]) =>
    write(async (db) => {
      const { id: accountId, createdAt } = samples.account
      const unconfirmed = { confirmedAt: null, confirmedById: null, confirmedTokenId: null }
      const rest = { accountId, createdAt, status: 'Active', description: null, createdById: null, ...unconfirmed }
      for (const row of rows) {
        const account = { ...rest, name: row.id, email: `${row.id}@ci.example`, ...row }
        await db.insertInto('serviceAccounts').values(account).execute()
      }
    }),
})

export const rightsWriters = (write: Write, samples: Samples) => ({
  /** Grants permissions in an account by a policy of a new role. */
  insertPolicy: (
    of: { readonly userId: string } | { readonly serviceAccountId: string },
    permissions: readonly string[],
    accountId = samples.account.id,
  ) =>
    write(async (db) => {
      const { createdAt } = samples.account
      const id = `${Object.values(of)[0]} ${accountId}`
      const role = { id: `role ${id}`, accountId, name: id, description: null, isSystem: 0, createdAt }
      await db.insertInto('roles').values(role).execute()
      for (const permission of permissions)
        await db.insertInto('rolePermissions').values({ roleId: role.id, permission }).execute()
      const subject = { userId: null, teamId: null, serviceAccountId: null, ...of }
      const scope = { accountId, environmentId: null, workspaceId: null }
      const policy = { id: `policy ${id}`, ...scope, ...subject, isSystem: 0, createdAt }
      await db.insertInto('accessPolicies').values(policy).execute()
      await db.insertInto('accessPolicyRoles').values({ accessPolicyId: policy.id, roleId: role.id }).execute()
    }),
  insertMembership: (userId: string, accountId = samples.account.id, rest: Partial<Tables['accountUsers']> = {}) =>
    write(async (db) => {
      const { createdAt } = samples.account
      const row = { id: `au ${userId} ${accountId}`, accountId, userId, createdAt }
      const membership = { ...row, vouchedById: null, vouchedTokenId: null, ...rest }
      await db.insertInto('accountUsers').values(membership).execute()
    }),
  insertInvitation: (userId: string, accountId = samples.account.id) =>
    write(async (db) => {
      const { createdAt } = samples.account
      const row = { id: `au ${userId} ${accountId}`, accountId, userId, createdById: samples.user.id, createdAt }
      await db.insertInto('accountInvitations').values(row).execute()
    }),
})
