/** The dialog for each kind of finding. */
import { Modal } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, serviceAccounts } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { PolicyDialog } from '../access/policy-dialog.tsx'
import { TeamsForm } from '../access/teams-form.tsx'
import { ConfirmDialog } from '../parts/confirm.tsx'
import { Loaded } from '../parts/states.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { invalidate, recordQuery } from '../queries.ts'
import { call } from '../server.ts'
import { revokeConfirmation } from '../tokens/revoke-confirmation.tsx'
import { RotateToken } from '../tokens/rotate-token.tsx'
import type { Token } from '../tokens/token-text.tsx'
import type { Finding, FindingKind } from './finding-text.tsx'

export type OpenDialog = { readonly what: FindingKind; readonly finding: Finding } | { readonly what: 'nothing' }

export function FindingDialogs({ doing, onClose }: { doing: OpenDialog; onClose: () => void }) {
  const of = (...kinds: readonly FindingKind[]): Finding | null =>
    doing.what !== 'nothing' && kinds.includes(doing.what) ? doing.finding : null
  const rotated = of('token-expiring', 'token-without-expiry')
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
      <ConfirmDialog
        of={unused && revokeConfirmation(tokenOf(unused), { unusedSince: unused.at ?? null })}
        onClose={onClose}
      />
      <PolicyDialog
        dialog={granted ? { what: 'add' } : { what: 'nothing' }}
        subject={granted && { serviceAccountId: granted.subjectId ?? '' }}
        onClose={onClose}
      />
      <Modal
        opened={unowned !== null}
        onClose={onClose}
        title={`Owners of service account “${unowned?.name ?? ''}”`}
        centered
      >
        {unowned && <OwnersForm of={unowned.subjectId ?? ''} onClose={onClose} />}
      </Modal>
    </>
  )
}

const tokenOf = ({ kind, subjectId, name, lastCharacters, at }: Finding): Token => ({
  id: subjectId ?? '',
  name: name ?? null,
  ...(lastCharacters ? { lastCharacters } : {}),
  ...(kind === 'token-without-expiry' ? { expiresAt: null } : kind === 'token-expiring' && at ? { expiresAt: at } : {}),
})

function OwnersForm({ of, onClose }: { of: string; onClose: () => void }) {
  const found = useQuery(recordQuery(serviceAccounts, 'show', { path: { serviceAccount: of } }))
  return (
    <Loaded of={found} rows={2}>
      {(account) => (
        <TeamsForm
          label="Owners"
          about="Owning teams are notified about expiring, unused and leaked tokens."
          teams={account.owners ?? []}
          isRequired
          onSave={(chosen) => setOwners(account, chosen)}
          onClose={onClose}
        />
      )}
    </Loaded>
  )
}

const setOwners = ({ id, name, owners = [] }: Found<typeof serviceAccounts>, chosen: readonly string[]) =>
  saveWithUndo({
    before: owners,
    after: chosen,
    write: async (given) => {
      await call(serviceAccounts, 'update', { path: { serviceAccount: id }, input: { owners: [...given] } })
      await invalidate(serviceAccounts, auditEvents)
    },
    message: `Saved the owners of ${name}.`,
  })
