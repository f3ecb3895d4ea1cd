/** Dialogs to create, rename and delete environments and workspaces. */
import { Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { accessPolicies, auditEvents, environments, vars, workspaces } from '@mintmark/contract'
import type { Confirmation } from '../parts/confirm.tsx'
import type { NameDialogOptions } from '../parts/name-dialog.tsx'
import { showToast } from '../parts/toast.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'

export type Environment = Found<typeof environments>
export type Workspace = Found<typeof workspaces>

/** The name rule of the server. */
const workspaceName = { description: 'Letters, digits, dashes and underscores.', max: 90 }

export const createEnvironment = (accountId: string, done: (environment: Environment) => void): NameDialogOptions => ({
  title: 'Create environment',
  submitLabel: 'Create environment',
  description: 'Unique in the account, such as production.',
  onSubmit: async (name) => {
    const created = await call(environments, 'create', { input: { name, accountId } })
    await invalidate(environments, auditEvents)
    showToast({ message: `Created environment ${name}.` })
    done(created)
  },
})

export const renameEnvironment = ({ id, name = '' }: Environment): NameDialogOptions => ({
  title: `Rename environment “${name}”`,
  submitLabel: 'Rename environment',
  name,
  onSubmit: (renamed) =>
    saveWithUndo({
      before: name,
      after: renamed,
      write: async (given) => {
        await call(environments, 'update', { path: { environment: id }, input: { name: given } })
        await invalidate(environments, auditEvents)
      },
      message: `Renamed environment ${name} to ${renamed}.`,
    }),
})

export const deleteEnvironment = ({ id, name = '' }: Environment, done?: () => void): Confirmation => ({
  title: `Delete environment “${name}”?`,
  submitLabel: 'Delete environment',
  typedConfirmation: name,
  children: <Text>Its workspaces, variables and access policies are deleted too. This cannot be undone.</Text>,
  onConfirm: async () => {
    await call(environments, 'remove', { path: { environment: id } })
    done?.()
    showToast({ message: `Deleted environment ${name}.` })
    await invalidate(environments, workspaces, vars, accessPolicies, auditEvents)
  },
})

export const createWorkspace = (environmentId: string, done: (workspace: Workspace) => void): NameDialogOptions => ({
  title: 'Create workspace',
  submitLabel: 'Create workspace',
  ...workspaceName,
  onSubmit: async (name) => {
    const created = await call(workspaces, 'create', { input: { name, environmentId } })
    await invalidate(workspaces, auditEvents)
    showToast({ message: `Created workspace ${name}.` })
    done(created)
  },
})

export const renameWorkspace = ({ id, name = '' }: Workspace): NameDialogOptions => ({
  title: `Rename workspace “${name}”`,
  submitLabel: 'Rename workspace',
  name,
  ...workspaceName,
  onSubmit: (renamed) =>
    saveWithUndo({
      before: name,
      after: renamed,
      write: async (given) => {
        await call(workspaces, 'update', { path: { workspace: id }, input: { name: given } })
        await invalidate(workspaces, auditEvents)
      },
      message: `Renamed workspace ${name} to ${renamed}.`,
    }),
})

/** If deletion protection blocks the request, the dialog shows the error of the server. */
export const deleteWorkspace = ({ id, name = '' }: Workspace, done?: () => void): Confirmation => ({
  title: `Delete workspace “${name}”?`,
  submitLabel: 'Delete workspace',
  typedConfirmation: name,
  children: <Text>Its variables and access policies are deleted too. This cannot be undone.</Text>,
  onConfirm: async () => {
    await call(workspaces, 'remove', { path: { workspace: id } })
    done?.()
    showToast({ message: `Deleted workspace ${name}.` })
    await invalidate(workspaces, vars, accessPolicies, auditEvents)
  },
})
