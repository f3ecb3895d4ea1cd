/** Adds an access policy or updates its roles. The scope of a policy cannot be changed. */

import { Modal, Stack } from '@mantine/core'
import { accessPolicies, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { createPolicy, scopePointers, subjectPointers, updateRoles } from './policies.ts'
import { RoleSelect } from './role-select.tsx'
import { type Policy, type Scope, ScopeChoice, ScopeName, scopeOf } from './scope.tsx'
import { type Subject, SubjectChoice } from './subject-choice.tsx'
import { PolicyTitle } from './subjects.tsx'

export type PolicyDialogState =
  | { readonly what: 'add' }
  | { readonly what: 'change'; readonly policy: Policy }
  | { readonly what: 'nothing' }

interface PolicyDialog {
  readonly dialog: PolicyDialogState
  /** Null: the form has a field for it. */
  readonly subject: Subject | null
  /** The initial scope of a new policy; by default the account. */
  readonly scope?: Scope
  readonly onClose: () => void
}

export function PolicyDialog({ dialog, subject, scope, onClose }: PolicyDialog) {
  return (
    <Modal
      opened={dialog.what !== 'nothing'}
      onClose={onClose}
      title={dialog.what === 'change' ? <PolicyTitle action="Change roles" of={dialog.policy} /> : 'Add access policy'}
      centered
    >
      {dialog.what !== 'nothing' && (
        <PolicyFields
          policy={dialog.what === 'change' ? dialog.policy : null}
          subject={subject}
          initialScope={scope}
          onClose={onClose}
        />
      )}
    </Modal>
  )
}

function PolicyFields({
  policy,
  subject: given,
  initialScope,
  onClose,
}: {
  policy: Policy | null
  subject: Subject | null
  initialScope: Scope | undefined
  onClose: () => void
}) {
  const account = useAccount()
  const [scope, setScope] = useState<Scope>(
    policy ? scopeOf(policy) : (initialScope ?? { kind: 'account', id: account.id }),
  )
  const [roles, setRoles] = useState<readonly string[]>(policy?.roles ?? [])
  const [chosen, setChosen] = useState<Subject | null>(null)
  const subject = given ?? chosen
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const done = await save.run(() =>
      policy ? updateRoles(policy, roles) : createPolicy(subject as Subject, scope, roles),
    )
    if (!done) return
    await invalidate(accessPolicies, auditEvents)
    onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        {!policy && !given && <SubjectChoice onChange={setChosen} error={save.errorAt(...subjectPointers)} />}
        {policy ? (
          <ScopeName of={scope} />
        ) : (
          <ScopeChoice value={scope} onChange={setScope} error={save.errorAt(...scopePointers)} />
        )}
        <RoleSelect value={roles} onChange={setRoles} error={save.errorAt('/data/relationships/roles')} />
        <FormActions
          save={save}
          submitLabel={policy ? 'Save changes' : 'Add policy'}
          disabled={roles.length === 0 || scope.id === null || (!policy && !subject)}
          onCancel={onClose}
          {...(policy ? { initialFocus: 'cancel' as const } : {})}
        />
      </Stack>
    </form>
  )
}
