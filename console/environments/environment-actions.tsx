/** What can be done with environments and workspaces, from their lists and from their own pages. */
import { Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { accessPolicies, auditEvents, environments, vars, workspaces } from '@mintmark/contract'
import type { Confirmation } from '../parts/confirm.tsx'
import type { NameInput } from '../parts/name-form.tsx'
import { showToast } from '../parts/toast.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'

export type Environment = Found<typeof environments>
export type Workspace = Found<typeof workspaces>

/** The server's rule for names of workspaces. */
const workspaceName = { description: 'Letters, digits, dashes and underscores.', max: 90 }

export const createEnvironment = (accountId: string, done: (environment: Environment) => void): NameInput => ({
  title: 'Create environment',
  deed: 'Create environment',
  description: 'Unique in the account, such as production.',
  run: async (name) => {
    const made = await call(environments, 'create', { wish: { name, accountId } })
    await refresh(environments, auditEvents)
    showToast({ message: `Created the environment ${name}.` })
    done(made)
  },
})

export const renameEnvironment = ({ id, name = '' }: Environment): NameInput => ({
  title: 'Rename environment',
  deed: 'Rename',
  name,
  run: (renamed) =>
    saveWithUndo({
      before: name,
      wish: renamed,
      write: async (given) => {
        await call(environments, 'update', { path: { environment: id }, wish: { name: given } })
        await refresh(environments, auditEvents)
      },
      message: `Renamed the environment ${name} to ${renamed}.`,
    }),
})

export const deleteEnvironment = ({ id, name = '' }: Environment, done?: () => void): Confirmation => ({
  title: `Delete ${name}?`,
  deed: 'Delete environment',
  typed: name,
  children: (
    <Text>
      Its workspaces and variables go with it, and so do access policies that hold there. This cannot be undone.
    </Text>
  ),
  run: async () => {
    await call(environments, 'remove', { path: { environment: id } })
    done?.()
    showToast({ message: `Deleted the environment ${name}.` })
    await refresh(environments, workspaces, vars, accessPolicies, auditEvents)
  },
})

export const createWorkspace = (environmentId: string, done: (workspace: Workspace) => void): NameInput => ({
  title: 'Create workspace',
  deed: 'Create workspace',
  ...workspaceName,
  run: async (name) => {
    const made = await call(workspaces, 'create', { wish: { name, environmentId } })
    await refresh(workspaces, auditEvents)
    showToast({ message: `Created the workspace ${name}.` })
    done(made)
  },
})

export const renameWorkspace = ({ id, name = '' }: Workspace): NameInput => ({
  title: 'Rename workspace',
  deed: 'Rename',
  name,
  ...workspaceName,
  run: (renamed) =>
    saveWithUndo({
      before: name,
      wish: renamed,
      write: async (given) => {
        await call(workspaces, 'update', { path: { workspace: id }, wish: { name: given } })
        await refresh(workspaces, auditEvents)
      },
      message: `Renamed the workspace ${name} to ${renamed}.`,
    }),
})

/** Whether deletion protection stands in the way is for the server to say; its words stand in the question. */
export const deleteWorkspace = ({ id, name = '' }: Workspace, done?: () => void): Confirmation => ({
  title: `Delete ${name}?`,
  deed: 'Delete workspace',
  typed: name,
  children: <Text>Its variables go with it, and so do access policies that hold there. This cannot be undone.</Text>,
  run: async () => {
    await call(workspaces, 'remove', { path: { workspace: id } })
    done?.()
    showToast({ message: `Deleted the workspace ${name}.` })
    await refresh(workspaces, vars, accessPolicies, auditEvents)
  },
})
