import { permissionCatalogue } from '@mintmark/contract'
import type { Shelf, Stored } from '../database/shelf.ts'

const known = new Map<string, Stored>(
  permissionCatalogue.map(({ id, description, applicableScopes }) => [id, { id, description, applicableScopes }]),
)

/** The catalogue is part of the program, not of the database. */
export const permissionShelf: Shelf = {
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
