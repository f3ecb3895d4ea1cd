// Not in catalogue.ts: it would add all endpoints to every script of the console.
import { allOperations } from './catalogue.ts'
import { endpointEntries } from './endpoints/catalogue.ts'
import { permissionsIn } from './resource.ts'

/** Operation IDs of earlier versions, which stored token activity can contain. */
const renamed: Readonly<Record<string, string>> = { list_workspace_outputs: 'get_workspace_outputs' }

const permissionsById: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...allOperations.map(({ id, permission }) => [id, permissionsIn(permission)] as const),
  ...endpointEntries.map(([, { id, permission }]) => [id, permission === undefined ? [] : [permission]] as const),
])

/** Returns the permissions, one of which the operation requires. Empty for an unknown operation. */
export const permissionsOf = (operationId: string): readonly string[] =>
  permissionsById.get(renamed[operationId] ?? operationId) ?? []
