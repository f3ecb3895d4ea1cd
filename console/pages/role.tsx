/** One role, or a new one: its permissions, held against another when one likes. */

import { Alert, Badge, Group, Stack, Textarea, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, roles } from '@mintmark/contract'
import { LockIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useBlocker, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { PermissionPicker } from '../access/permission-picker.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { FormEnd } from '../parts/form-end.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import { useSave } from '../parts/saving.ts'
import { Failed, Loading } from '../parts/states.tsx'
import { showToast } from '../parts/toast.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { oneOf, refresh, useByIds } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

type OneRole = Found<typeof roles>

export function NewRole() {
  return <Editor of={null} />
}

export function Role() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(oneOf(roles, 'show', { path: { role: id } }))
  if (data) return <Editor key={data.id} of={data} />
  return (
    <Page title="Role" back={{ to: `/${account.id}/iam/roles`, label: 'Roles' }}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Editor({ of: role }: { of: OneRole | null }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const navigate = useNavigate()
  const [name, setName] = useState(role?.name ?? '')
  const [description, setDescription] = useState(role?.description ?? '')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role?.permissions ?? []))
  const [otherId, setOther] = useState<string | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const [isLeaving, setLeaving] = useState(false)
  const other = useByIds(roles, [otherId]).get(otherId ?? '')
  const save = useSave()
  const list = `/${account.id}/iam/roles`
  const at = { account: account.id }
  const why = role?.isSystem
    ? 'System roles are the same everywhere and cannot be changed.'
    : whyNot(role ? 'roles:update' : 'roles:create', at)
  const isChanged =
    name !== (role?.name ?? '') ||
    description !== (role?.description ?? '') ||
    !sameSet(chosen, new Set(role?.permissions ?? []))
  const isDirty = isChanged && !isLeaving
  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm('What you changed is not saved yet. Leave all the same?'),
    enableBeforeUnload: () => isDirty,
  })

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wish = { name: name.trim(), description: description.trim() || null, permissions: [...chosen] }
    const saved = await save.run(() =>
      role ? change(role, wish) : call(roles, 'create', { wish: { ...wish, accountId: account.id } }),
    )
    if (!saved) return
    setLeaving(true)
    if (!role) showToast({ message: `Created the role ${saved.name}.` })
    await refresh(roles, auditEvents)
    void navigate({ to: list, ignoreBlocker: true })
  }
  const deletion: Confirmation = {
    title: `Delete ${role?.name}?`,
    deed: 'Delete role',
    children: 'Whoever has it through an access policy loses what it allows, from the next request on.',
    run: async () => {
      await call(roles, 'remove', { path: { role: role?.id ?? '' } })
      setLeaving(true)
      void navigate({ to: list, replace: true, ignoreBlocker: true })
      showToast({ message: `Deleted the role ${role?.name}.` })
      await refresh(roles, auditEvents)
    },
  }
  return (
    <Page
      title={role ? (role.name ?? '') : 'Create role'}
      back={{ to: list, label: 'Roles' }}
      badge={role?.isSystem ? <Badge color="gray">System</Badge> : null}
      acts={
        role && (
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(deletion)}
            why={role.isSystem ? why : whyNot('roles:delete', at)}
          >
            Delete
          </ActionButton>
        )
      }
    >
      <form onSubmit={submit}>
        <Stack gap={20}>
          {why && (
            <Alert color="gray" variant="light" icon={<LockIcon />}>
              {why}
            </Alert>
          )}
          <Panel title="Details">
            <Stack gap={14} maw={640}>
              <TextInput
                label="Name"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={save.at('/data/attributes/name')}
                maxLength={255}
                required
                withAsterisk={false}
                disabled={Boolean(why)}
                autoComplete="off"
              />
              <Textarea
                label="Description"
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
                error={save.at('/data/attributes/description')}
                maxLength={1024}
                autosize
                minRows={1}
                maxRows={5}
                disabled={Boolean(why)}
              />
            </Stack>
          </Panel>
          <Panel title="Permissions">
            <Stack gap={14}>
              <Group maw={420}>
                <div style={{ flex: 1 }}>
                  <RecordSelect
                    of={roles}
                    label="Hold against"
                    description="Shows what is more and what is less than in another role."
                    placeholder="Choose a role"
                    filters={{ account: `in:null,${account.id}` }}
                    nameOf={({ name }) => name ?? ''}
                    value={otherId}
                    onChange={setOther}
                  />
                </div>
              </Group>
              <PermissionPicker
                value={chosen}
                onChange={why ? undefined : setChosen}
                against={other ? { name: other.name ?? '', permissions: other.permissions ?? [] } : null}
                error={save.at('/data/relationships/permissions')}
              />
            </Stack>
          </Panel>
          {!why && (
            <Stack gap={12} className="bottom-bar">
              <FormEnd
                isPage
                save={save}
                deed={role ? 'Save changes' : 'Create role'}
                disabled={name.trim() === '' || !isChanged}
                onCancel={() => void navigate({ to: list })}
              />
            </Stack>
          )}
        </Stack>
      </form>
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

interface RoleWish {
  readonly name: string
  readonly description: string | null
  readonly permissions: string[]
}

const change = ({ id, name = '', description = null, permissions = [] }: OneRole, wish: RoleWish) =>
  saveWithUndo({
    before: { name, description, permissions },
    wish,
    write: async (given) => {
      const saved = await call(roles, 'update', { path: { role: id }, wish: given })
      await refresh(roles, auditEvents)
      return saved
    },
    message: `Saved the role ${wish.name}.`,
  })

const sameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one.size === other.size && [...one].every((each) => other.has(each))
