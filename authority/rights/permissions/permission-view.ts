import { permissionCatalogue, permissions } from '@mintmark/contract'
import { fixedView } from '../../database/views/resource-view.ts'

/** The permission catalogue is part of the program, not of the database. */
export const permissionView = fixedView(
  permissions,
  permissionCatalogue.map(({ id, description, applicableScopes }) => ({ id, description, applicableScopes })),
)
