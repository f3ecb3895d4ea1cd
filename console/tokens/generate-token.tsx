/** Asks what a new token is for and how long it lives, mints it, and shows the secret this once. */

import { Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { accessTokens, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { useSave } from '../parts/saving.ts'
import { Time } from '../parts/time.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { ExpiryChoice, firstExpiry, minutesOf } from './expiry-choice.tsx'
import { useLongestLife } from './longest-life.ts'
import { isNarrowingWhole, NarrowingChoice, narrowingInput, notNarrowed } from './narrowing.tsx'
import { nameOf, type Token } from './token-text.tsx'

interface GenerateToken {
  readonly opened: boolean
  readonly onClose: () => void
  /** Null: for the person who asks. */
  readonly serviceAccount?: { readonly id: string; readonly name: string } | null
}

export function GenerateToken({ opened, onClose, serviceAccount = null }: GenerateToken) {
  const [minted, setMinted] = useState<Token | null>(null)
  const close = () => {
    setMinted(null)
    onClose()
  }
  if (minted) return <Minted token={minted} onClose={close} />
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={serviceAccount ? `Generate a token for ${serviceAccount.name}` : 'Generate a personal access token'}
      centered
    >
      <Wish serviceAccount={serviceAccount} onClose={onClose} onMinted={setMinted} />
    </Modal>
  )
}

function Wish({
  serviceAccount,
  onClose,
  onMinted,
}: {
  serviceAccount: GenerateToken['serviceAccount']
  onClose: () => void
  onMinted: (token: Token) => void
}) {
  const most = useLongestLife(serviceAccount ? 'service account' : 'person')
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [chosen, setExpiry] = useState<ReturnType<typeof firstExpiry> | null>(null)
  const expiry = chosen ?? firstExpiry(most)
  const [narrowing, setNarrowing] = useState(notNarrowed)
  const save = useSave()
  const expiresIn = minutesOf(expiry)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wish = {
      name: name.trim(),
      description: description.trim() || null,
      expiresIn: expiresIn ?? null,
      ...narrowingInput(narrowing),
    }
    const token = await save.run(() =>
      serviceAccount
        ? call(accessTokens, 'createForServiceAccount', { path: { serviceAccount: serviceAccount.id }, wish })
        : call(accessTokens, 'create', { wish }),
    )
    if (!token) return
    onMinted(token)
    void refresh(accessTokens, auditEvents)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Name"
          description="What will use it: the laptop, the job, the script."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.at('/data/attributes/name')}
          maxLength={255}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <Textarea
          label="Note"
          description="Optional."
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={save.at('/data/attributes/description')}
          maxLength={255}
          autosize
          minRows={1}
          maxRows={4}
        />
        <ExpiryChoice value={expiry} onChange={setExpiry} most={most} error={save.at('/data/attributes/expires-in')} />
        <NarrowingChoice
          value={narrowing}
          onChange={setNarrowing}
          owner={serviceAccount ? serviceAccount.name : 'you'}
          errors={{
            permissions: save.at('/data/attributes/permissions'),
            scopes: save.at('/data/attributes/scopes'),
          }}
        />
        <FormEnd
          save={save}
          deed="Generate token"
          disabled={name.trim() === '' || expiresIn === undefined || !isNarrowingWhole(narrowing)}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}

/** Also after a rotation. */
export function Minted({ token, onClose, about }: { token: Token; onClose: () => void; about?: React.ReactNode }) {
  return (
    <OneTimeSecret
      title={about ? 'Your new token' : 'Your token'}
      name={`token ${token.name ?? ''}`}
      secret={token.token ?? null}
      onClose={onClose}
      about={
        <Stack gap={4}>
          <Text>
            <b className="break">{nameOf(token)}</b>{' '}
            {token.expiresAt ? (
              <>
                ends <Time at={token.expiresAt} />.
              </>
            ) : (
              'does not expire.'
            )}
          </Text>
          {about}
        </Stack>
      }
    />
  )
}
