/** Mints a successor while the old token lives on for an overlap, so that whoever uses it can change over in peace. */

import { Alert, Modal, Select, Stack, Text } from '@mantine/core'
import { accessTokens, auditEvents, limits } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { lifetime } from '../parts/time.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { newKey } from '../world.ts'
import { ExpiryChoice, firstExpiry, minutesOf } from './expiry-choice.tsx'
import { Minted } from './generate-token.tsx'
import { useLongestLife } from './longest-life.ts'
import { nameOf, type Token } from './token-text.tsx'

const overlaps = [0, 60, 1_440, 4_320, 10_080, 43_200].filter((minutes) => minutes <= limits.rotationOverlapMinutesMax)

interface RotateToken {
  readonly token: Token | null
  /** Whose it is: the rules for how long it may live differ. */
  readonly owner: 'person' | 'service account'
  readonly onClose: () => void
}

export function RotateToken({ token, owner, onClose }: RotateToken) {
  const [minted, setMinted] = useState<{ readonly token: Token; readonly overlap: number } | null>(null)
  const close = () => {
    setMinted(null)
    onClose()
  }
  if (minted)
    return (
      <Minted
        token={minted.token}
        onClose={close}
        about={
          <Text>
            {minted.overlap === 0
              ? 'The old token is refused from now on.'
              : `The old token works for ${lifetime(minted.overlap)} more, unless it ends before.`}
          </Text>
        }
      />
    )
  return (
    <Modal opened={token !== null} onClose={onClose} title="Rotate token" size="md" centered>
      {token && (
        <Wish
          token={token}
          owner={owner}
          onClose={onClose}
          onMinted={(made, overlap) => setMinted({ token: made, overlap })}
        />
      )}
    </Modal>
  )
}

function Wish({
  token,
  owner,
  onClose,
  onMinted,
}: {
  token: Token
  owner: RotateToken['owner']
  onClose: () => void
  onMinted: (token: Token, overlap: number) => void
}) {
  const [overlap, setOverlap] = useState<number>(limits.rotationOverlapMinutesDefault)
  const most = useLongestLife(owner)
  const [chosen, setExpiry] = useState<ReturnType<typeof firstExpiry> | null>(null)
  // Only a token that never ends is asked about: whoever rotates another one wants the same again.
  const isEndless = token.expiresAt === null
  const expiry = chosen ?? firstExpiry(most)
  const expiresIn = isEndless ? minutesOf(expiry) : null
  // One key for one wish: when the answer is lost, pressing the button again does not rotate a second time.
  const [idempotencyKey] = useState(newKey)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wish = { overlap, ...(expiresIn ? { expiresIn } : {}) }
    const made = await save.run(() =>
      call(accessTokens, 'rotate', { path: { accessToken: token.id }, wish, idempotencyKey }),
    )
    if (!made) return
    onMinted(made, overlap)
    void refresh(accessTokens, auditEvents)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text>
          A new token takes the place of <b className="break">{nameOf(token)}</b>: same name, same power
          {isEndless ? '. It never ended; the new one can' : ', same length of life'}.
        </Text>
        {isEndless && <ExpiryChoice value={expiry} onChange={setExpiry} most={most} error={save.at('/expires-in')} />}
        <Select
          label="The old one works for"
          data={overlaps.map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? 'No longer: end it at once' : `${lifetime(minutes)} more`,
          }))}
          value={String(overlap)}
          onChange={(value) => setOverlap(Number(value))}
          allowDeselect={false}
          error={save.at('/overlap', '/data/attributes/overlap')}
        />
        {overlap === 0 && (
          <Alert color="yellow" variant="light" p={10}>
            Whatever uses it fails until it has the new one.
          </Alert>
        )}
        <FormEnd save={save} deed="Rotate" disabled={expiresIn === undefined} onCancel={onClose} start="deed" />
      </Stack>
    </form>
  )
}
