/** The act for each kind of concern, as the dialog that other pages open for it too. */
import { Modal, Stack, Text } from '@mantine/core'
import { auditEvents, serviceAccounts, teams } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { PolicyForm } from '../access/policy-form.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { FormEnd } from '../parts/form-end.tsx'
import { RecordsSelect } from '../parts/record-select.tsx'
import { useSave } from '../parts/saving.ts'
import { Loaded } from '../parts/states.tsx'
import { oneOf, refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { deletionOf } from '../tokens/delete-token.tsx'
import { RotateToken } from '../tokens/rotate-token.tsx'
import type { Token } from '../tokens/token-words.tsx'
import type { Concern, ConcernKind } from './concern-words.tsx'

export type Doing = { readonly what: ConcernKind; readonly concern: Concern } | { readonly what: 'nothing' }

export function ConcernDialogs({ doing, onClose }: { doing: Doing; onClose: () => void }) {
  const of = (...kinds: readonly ConcernKind[]): Concern | null =>
    doing.what !== 'nothing' && kinds.includes(doing.what) ? doing.concern : null
  const rotated = of('token-expiring', 'token-endless')
  const granted = of('service-account-without-policy')
  const unused = of('token-unused')
  const unowned = of('service-account-without-owner')
  return (
    <>
      <RotateToken
        token={rotated && tokenOf(rotated)}
        owner={rotated?.ownerType === 'user' ? 'person' : 'service account'}
        onClose={onClose}
      />
      <Confirm of={unused && deletionOf(tokenOf(unused), { unusedSince: unused.at ?? null })} onClose={onClose} />
      <PolicyForm
        doing={granted ? { what: 'add' } : { what: 'nothing' }}
        subject={granted && { serviceAccountId: granted.subjectId ?? '' }}
        onClose={onClose}
      />
      <Modal opened={unowned !== null} onClose={onClose} title={`Owners of ${unowned?.name ?? ''}`} centered>
        {unowned && <Owners of={unowned.subjectId ?? ''} onClose={onClose} />}
      </Modal>
    </>
  )
}

const tokenOf = ({ kind, subjectId, name, lastCharacters, at }: Concern): Token => ({
  id: subjectId ?? '',
  name: name ?? null,
  ...(lastCharacters ? { lastCharacters } : {}),
  ...(kind === 'token-endless' ? { expiresAt: null } : kind === 'token-expiring' && at ? { expiresAt: at } : {}),
})

function Owners({ of, onClose }: { of: string; onClose: () => void }) {
  const found = useQuery(oneOf(serviceAccounts, 'show', { path: { serviceAccount: of } }))
  return (
    <Loaded of={found} rows={2}>
      {({ owners }) => <ChooseOwners of={of} owners={owners ?? []} onClose={onClose} />}
    </Loaded>
  )
}

function ChooseOwners({ of, owners, onClose }: { of: string; owners: readonly string[]; onClose: () => void }) {
  const account = useAccount()
  const [chosen, setChosen] = useState(owners)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const asked = { path: { serviceAccount: of }, wish: { owners: [...chosen] } }
    if (!(await save.run(() => call(serviceAccounts, 'update', asked)))) return
    await refresh(serviceAccounts, auditEvents)
    onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text>The teams that answer for it, and are asked when one of its tokens leaks or ends.</Text>
        <RecordsSelect
          of={teams}
          label="Owners"
          placeholder="No team"
          filters={{ account: account.id }}
          nameOf={({ name }) => name ?? ''}
          aboutOf={({ description }) => description}
          value={chosen}
          onChange={setChosen}
          error={save.at('/data/relationships/owners')}
        />
        <FormEnd save={save} deed="Save" disabled={chosen.length === 0} onCancel={onClose} />
      </Stack>
    </form>
  )
}
