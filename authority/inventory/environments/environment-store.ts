import type { Db } from '../../database/database.ts'
import { membersIn, nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const environmentTagMembers = membersIn('environmentTags', 'environmentId', 'tagId')
export const federatedMembers = membersIn('federatedEnvironments', 'environmentId', 'consumerId')
export const defaultProviderConfigurations = membersIn(
  'environmentProviderConfigurations',
  'environmentId',
  'providerConfigurationId',
)

export const isEnvironmentNameTaken = nameCheck('environments', 'accountId')

export async function insertEnvironment(db: Db, row: Tables['environments']): Promise<void> {
  await db.insertInto('environments').values(row).execute()
}

export async function updateEnvironment(db: Db, id: string, change: Partial<Tables['environments']>): Promise<void> {
  await db.updateTable('environments').set(change).where('id', '=', id).execute()
}

export async function deleteEnvironment(db: Db, id: string): Promise<void> {
  await db.deleteFrom('environments').where('id', '=', id).execute()
}
