import { permissionCatalogue } from '@mintmark/contract'
import type { ResourceView, StoredRecord } from '../../database/resource-view.ts'

const known = new Map<string, StoredRecord>(
  permissionCatalogue.map(({ id, description, applicableScopes }) => [id, { id, description, applicableScopes }]),
)

/** The permission catalogue is part of the program, not of the database. */
export const permissionShelf: ResourceView = {
  type: 'permissions',
  fixed: known,
  from: '',
  filters: {},
  search: [],
  sorts: {},
  scope: {},
  complete: (_, rows) => rows,
  paths: () => [],
}
