/** Creates, edits or shows a role, with an optional comparison. */

import { Alert, Badge, Group, Stack, Text, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, roles } from '@mintmark/contract'
import { LockIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useBlocker, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { PermissionPicker } from '../access/permission-picker.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import { ErrorState, Loading } from '../parts/states.tsx'
import { showToast } from '../parts/toast.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, recordQuery, useRecordsById } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

type OneRole = Found<typeof roles>

export function NewRole() {
  return <Editor of={null} />
}

export function Role() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(recordQuery(roles, 'show', { path: { role: id } }))
  if (data) return <Editor key={data.id} of={data} />
  return (
    <Page title="Role" parent={{ to: `/${account.id}/iam/roles`, label: 'Roles' }}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Editor({ of: role }: { of: OneRole | null }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  const [name, setName] = useState(role?.name ?? '')
  const [description, setDescription] = useState(role?.description ?? '')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role?.permissions ?? []))
  const [otherId, setOther] = useState<string | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const [isLeaving, setLeaving] = useState(false)
  const other = useRecordsById(roles, [otherId]).get(otherId ?? '')
  const save = useSave()
  const list = `/${account.id}/iam/roles`
  const at = { account: account.id }
  const disabledReason = role?.isSystem
    ? 'System roles cannot be changed.'
    : denialReason(role ? 'roles:update' : 'roles:create', at)
  const isChanged =
    name !== (role?.name ?? '') ||
    description !== (role?.description ?? '') ||
    !sameSet(chosen, new Set(role?.permissions ?? []))
  const isDirty = isChanged && !isLeaving
  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm('You have unsaved changes. Leave without saving?'),
    enableBeforeUnload: () => isDirty,
  })

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const input = { name: name.trim(), description: description.trim() || null, permissions: [...chosen] }
    const saved = await save.run(() =>
      role ? updateRole(role, input) : call(roles, 'create', { input: { ...input, accountId: account.id } }),
    )
    if (!saved) return
    setLeaving(true)
    if (!role) showToast({ message: `Created role ${saved.name}.` })
    await invalidate(roles, auditEvents)
    void navigate({ to: list, ignoreBlocker: true })
  }
  const deletion: Confirmation = {
    title: `Delete role “${role?.name}”?`,
    submitLabel: 'Delete role',
    children: 'Users, teams and service accounts with this role lose its permissions immediately.',
    onConfirm: async () => {
      await call(roles, 'remove', { path: { role: role?.id ?? '' } })
      setLeaving(true)
      void navigate({ to: list, replace: true, ignoreBlocker: true })
      showToast({ message: `Deleted role ${role?.name}.` })
      await invalidate(roles, auditEvents)
    },
  }
  return (
    <Page
      title={role ? (role.name ?? '') : 'Create role'}
      parent={{ to: list, label: 'Roles' }}
      badge={role?.isSystem ? <Badge color="gray">System</Badge> : null}
      actions={
        role && (
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(deletion)}
            disabledReason={role.isSystem ? disabledReason : denialReason('roles:delete', at)}
          >
            Delete
          </ActionButton>
        )
      }
    >
      <form onSubmit={submit}>
        <Stack gap={20}>
          {disabledReason && (
            <Alert color="gray" variant="light" icon={<LockIcon />}>
              {disabledReason}
            </Alert>
          )}
          <Panel title="Details">
            {disabledReason ? (
              <Text>{role?.description || 'No description.'}</Text>
            ) : (
              <Stack gap={14} maw={640}>
                <TextInput
                  label="Name"
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                  error={save.errorAt('/data/attributes/name')}
                  maxLength={255}
                  required
                  withAsterisk={false}
                  autoComplete="off"
                />
                <DescriptionField value={description} onChange={setDescription} save={save} />
              </Stack>
            )}
          </Panel>
          <Panel title="Permissions">
            <Stack gap={14}>
              <Group maw={420}>
                <div style={{ flex: 1 }}>
                  <RecordSelect
                    of={roles}
                    label="Compare with"
                    description="Highlights the differences from another role."
                    placeholder="Select a role"
                    filters={{ account: `in:null,${account.id}` }}
                    nameOf={({ name }) => name ?? ''}
                    value={otherId}
                    onChange={setOther}
                  />
                </div>
              </Group>
              <PermissionPicker
                value={chosen}
                onChange={disabledReason ? undefined : setChosen}
                comparedWith={other ? { name: other.name ?? '', permissions: other.permissions ?? [] } : null}
                error={save.errorAt('/data/relationships/permissions')}
              />
            </Stack>
          </Panel>
          {!disabledReason && (
            <Stack gap={12} className="bottom-bar">
              <FormActions
                isPage
                save={save}
                submitLabel={role ? 'Save changes' : 'Create role'}
                disabled={name.trim() === '' || !isChanged}
                onCancel={() => void navigate({ to: list })}
              />
            </Stack>
          )}
        </Stack>
      </form>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

interface RoleInput {
  readonly name: string
  readonly description: string | null
  readonly permissions: string[]
}

const updateRole = ({ id, name = '', description = null, permissions = [] }: OneRole, input: RoleInput) =>
  saveWithUndo({
    before: { name, description, permissions },
    after: input,
    write: async (given) => {
      const saved = await call(roles, 'update', { path: { role: id }, input: given })
      await invalidate(roles, auditEvents)
      return saved
    },
    message: `Saved role ${input.name}.`,
  })

const sameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one.size === other.size && [...one].every((each) => other.has(each))
