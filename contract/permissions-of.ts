// Not in catalogue.ts, or every script of the console would contain all endpoints.
import { allOperations } from './catalogue.ts'
import { endpointEntries } from './endpoints/catalogue.ts'
import { permissionsIn } from './resource.ts'

/** Operation ids of earlier versions, which recorded token activity may name. */
const renamed: Readonly<Record<string, string>> = { list_workspace_outputs: 'get_workspace_outputs' }

const permissionsById: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...allOperations.map(({ id, permission }) => [id, permissionsIn(permission)] as const),
  ...endpointEntries.map(([, { id, permission }]) => [id, permission === undefined ? [] : [permission]] as const),
])

/** The permissions of which an operation takes one; none for one that is not known. */
export const permissionsOf = (operationId: string): readonly string[] =>
  permissionsById.get(renamed[operationId] ?? operationId) ?? []
