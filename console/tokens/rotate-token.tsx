/** Creates a successor of a token. The old token stays valid for the overlap. */

import { Alert, Modal, Select, Stack, Text } from '@mantine/core'
import { accessTokens, auditEvents, limits } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { formatDuration } from '../parts/time.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { newIdempotencyKey } from '../world.ts'
import { CreatedToken } from './create-token.tsx'
import { defaultExpiry, ExpiryChoice, expiryMinutes } from './expiry-choice.tsx'
import { useMaxLifetime } from './max-lifetime.ts'
import { nameOf, type Token, titleOf } from './token-text.tsx'

const overlaps = [0, 60, 1_440, 4_320, 10_080, 43_200].filter((minutes) => minutes <= limits.rotationOverlapMinutesMax)

interface RotateToken {
  readonly token: Token | null
  /** The type of owner: the maximum lifetimes differ. */
  readonly owner: 'person' | 'service account'
  readonly onClose: () => void
}

export function RotateToken({ token, owner, onClose }: RotateToken) {
  const [created, setCreated] = useState<{ readonly token: Token; readonly overlap: number } | null>(null)
  const close = () => {
    setCreated(null)
    onClose()
  }
  if (created)
    return (
      <CreatedToken
        token={created.token}
        onClose={close}
        about={
          <Text>
            {created.overlap === 0
              ? 'The old token is revoked.'
              : `The old token works for another ${formatDuration(created.overlap)}, or until it expires.`}
          </Text>
        }
      />
    )
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={token && `Rotate token “${titleOf(token)}”`}
      size="md"
      centered
    >
      {token && (
        <RotateTokenForm
          token={token}
          owner={owner}
          onClose={onClose}
          onCreated={(created, overlap) => setCreated({ token: created, overlap })}
        />
      )}
    </Modal>
  )
}

function RotateTokenForm({
  token,
  owner,
  onClose,
  onCreated,
}: {
  token: Token
  owner: RotateToken['owner']
  onClose: () => void
  onCreated: (token: Token, overlap: number) => void
}) {
  const [overlap, setOverlap] = useState<number>(limits.rotationOverlapMinutesDefault)
  const max = useMaxLifetime(owner)
  const [chosen, setExpiry] = useState<ReturnType<typeof defaultExpiry> | null>(null)
  // Tokens with an expiration keep their lifetime; only tokens without one need a choice.
  const isEndless = token.expiresAt === null
  const expiry = chosen ?? defaultExpiry(max)
  const expiresIn = isEndless ? expiryMinutes(expiry) : null
  // One idempotency key per dialog: a retry after a lost response does not rotate twice.
  const [idempotencyKey] = useState(newIdempotencyKey)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const input = { overlap, ...(expiresIn ? { expiresIn } : {}) }
    const created = await save.run(() =>
      call(accessTokens, 'rotate', { path: { accessToken: token.id }, input, idempotencyKey }),
    )
    if (!created) return
    onCreated(created, overlap)
    void invalidate(accessTokens, auditEvents)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text>
          A new token with the same name, permissions{isEndless ? '' : ', lifetime'} and scope replaces{' '}
          <b className="break">{nameOf(token)}</b>.
          {isEndless && ' The current token never expires; choose an expiration for the new one.'}
        </Text>
        {isEndless && (
          <ExpiryChoice value={expiry} onChange={setExpiry} max={max} error={save.errorAt('/expires-in')} />
        )}
        <Select
          label="Keep the old token for"
          data={overlaps.map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? 'Revoke it now' : formatDuration(minutes),
          }))}
          value={String(overlap)}
          onChange={(value) => setOverlap(Number(value))}
          allowDeselect={false}
          error={save.errorAt('/overlap', '/data/attributes/overlap')}
        />
        {overlap === 0 && (
          <Alert color="yellow" variant="light" p={10}>
            Programs that use the old token fail until they use the new one.
          </Alert>
        )}
        <FormActions
          save={save}
          submitLabel="Rotate token"
          disabled={expiresIn === undefined}
          onCancel={onClose}
          initialFocus="submit"
        />
      </Stack>
    </form>
  )
}
