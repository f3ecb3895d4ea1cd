/** Gives one subject roles on one scope. A policy's scope stays; its roles change. */

import { Modal, Stack } from '@mantine/core'
import { accessPolicies, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { refresh } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { changeRoles, createPolicy, scopePlaces, subjectPlaces } from './policies.ts'
import { RoleSelect } from './role-select.tsx'
import { type Policy, type Scope, ScopeChoice, ScopeName, scopeOf } from './scope.tsx'
import { type Subject, SubjectChoice } from './subject-choice.tsx'

export type PolicyDoing =
  | { readonly what: 'add' }
  | { readonly what: 'change'; readonly policy: Policy }
  | { readonly what: 'nothing' }

/** Without a subject the form asks for one. */
export function PolicyForm({
  doing,
  subject,
  onClose,
}: {
  doing: PolicyDoing
  subject: Subject | null
  onClose: () => void
}) {
  return (
    <Modal
      opened={doing.what !== 'nothing'}
      onClose={onClose}
      title={doing.what === 'add' ? 'Add access policy' : 'Change roles'}
      centered
    >
      {doing.what !== 'nothing' && (
        <Wish policy={doing.what === 'change' ? doing.policy : null} subject={subject} onClose={onClose} />
      )}
    </Modal>
  )
}

function Wish({
  policy,
  subject: given,
  onClose,
}: {
  policy: Policy | null
  subject: Subject | null
  onClose: () => void
}) {
  const account = useAccount()
  const [scope, setScope] = useState<Scope>(policy ? scopeOf(policy) : { kind: 'account', id: account.id })
  const [roles, setRoles] = useState<readonly string[]>(policy?.roles ?? [])
  const [chosen, setChosen] = useState<Subject | null>(null)
  const subject = given ?? chosen
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const done = await save.run(() =>
      policy ? changeRoles(policy, roles) : createPolicy(subject as Subject, scope, roles),
    )
    if (!done) return
    await refresh(accessPolicies, auditEvents)
    onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        {!policy && !given && <SubjectChoice onChange={setChosen} error={save.at(...subjectPlaces)} />}
        {policy ? (
          <ScopeName of={scope} />
        ) : (
          <ScopeChoice value={scope} onChange={setScope} error={save.at(...scopePlaces)} />
        )}
        <RoleSelect value={roles} onChange={setRoles} error={save.at('/data/relationships/roles')} />
        <FormEnd
          save={save}
          deed={policy ? 'Save' : 'Add policy'}
          disabled={roles.length === 0 || scope.id === null || (!policy && !subject)}
          onCancel={onClose}
          {...(policy ? { start: 'cancel' as const } : {})}
        />
      </Stack>
    </form>
  )
}
