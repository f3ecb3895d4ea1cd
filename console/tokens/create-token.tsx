/** Creates a token and shows its secret once. */

import { Modal, Stack, Text, TextInput } from '@mantine/core'
import { accessTokens, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { Time } from '../parts/time.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { defaultExpiry, ExpiryChoice, expiryMinutes } from './expiry-choice.tsx'
import { useMaxLifetime } from './max-lifetime.ts'
import { isNarrowingComplete, NarrowingChoice, narrowingInput, noNarrowing, readOnly } from './narrowing.tsx'
import { nameOf, type Token } from './token-text.tsx'

const TokenSnippets = lazyComponent(async () => (await import('./token-snippets.tsx')).TokenSnippets)

interface CreateToken {
  readonly opened: boolean
  readonly onClose: () => void
  /** Null for a personal access token. */
  readonly serviceAccount?: { readonly id: string; readonly name: string } | null
  /** The name of the token that the new one replaces with limited permissions. */
  readonly replaced?: string | undefined
}

export function CreateToken({ opened, onClose, serviceAccount = null, replaced }: CreateToken) {
  const [created, setCreated] = useState<Token | null>(null)
  const close = () => {
    setCreated(null)
    onClose()
  }
  if (created) return <CreatedToken token={created} onClose={close} />
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={
        serviceAccount
          ? `Create a token for service account “${serviceAccount.name}”`
          : 'Create a personal access token'
      }
      size="lg"
      centered
    >
      <CreateTokenForm serviceAccount={serviceAccount} replaced={replaced} onClose={onClose} onCreated={setCreated} />
    </Modal>
  )
}

interface CreateTokenForm extends Pick<CreateToken, 'serviceAccount' | 'replaced' | 'onClose'> {
  readonly onCreated: (token: Token) => void
}

function CreateTokenForm({ serviceAccount, replaced, onClose, onCreated }: CreateTokenForm) {
  const max = useMaxLifetime(serviceAccount ? 'service account' : 'person')
  const [name, setName] = useState(replaced ?? '')
  const [description, setDescription] = useState('')
  const [chosen, setExpiry] = useState<ReturnType<typeof defaultExpiry> | null>(null)
  const expiry = chosen ?? defaultExpiry(max)
  const [narrowing, setNarrowing] = useState(serviceAccount && replaced === undefined ? noNarrowing : readOnly)
  const save = useSave()
  const expiresIn = expiryMinutes(expiry)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const input = {
      name: name.trim(),
      description: description.trim() || null,
      expiresIn: expiresIn ?? null,
      ...narrowingInput(narrowing),
    }
    const token = await save.run(() =>
      serviceAccount
        ? call(accessTokens, 'createForServiceAccount', { path: { serviceAccount: serviceAccount.id }, input })
        : call(accessTokens, 'create', { input }),
    )
    if (!token) return
    onCreated(token)
    void invalidate(accessTokens, auditEvents)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <NameField value={name} onChange={setName} error={save.errorAt('/data/attributes/name')} />
        <NarrowingChoice
          value={narrowing}
          onChange={setNarrowing}
          owner={serviceAccount ? serviceAccount.name : 'you'}
          errors={{
            permissions: save.errorAt('/data/attributes/permissions'),
            scopes: save.errorAt('/data/attributes/scopes'),
          }}
        />
        <ExpiryChoice
          value={expiry}
          onChange={setExpiry}
          max={max}
          error={save.errorAt('/data/attributes/expires-in')}
        />
        <DescriptionField
          value={description}
          onChange={setDescription}
          save={save}
          label="Note"
          description="Optional."
          maxLength={255}
          maxRows={4}
        />
        <Stack gap={8} {...(narrowing.what === 'chosen' && { className: 'bottom-bar' })}>
          <FormActions
            save={save}
            submitLabel="Create token"
            disabled={name.trim() === '' || expiresIn === undefined || !isNarrowingComplete(narrowing)}
            onCancel={onClose}
          />
        </Stack>
      </Stack>
    </form>
  )
}

interface NameField {
  readonly value: string
  readonly onChange: (name: string) => void
  readonly error: string | undefined
}

function NameField({ value, onChange, error }: NameField) {
  return (
    <TextInput
      label="Name"
      description="What uses this token, such as work laptop or nightly backup."
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      maxLength={255}
      required
      withAsterisk={false}
      autoComplete="off"
      data-autofocus
    />
  )
}

/** Shows the secret of a new token, also after a rotation. */
export function CreatedToken({
  token,
  onClose,
  about,
}: {
  token: Token
  onClose: () => void
  about?: React.ReactNode
}) {
  return (
    <OneTimeSecret
      title="Your new token"
      name={`token ${token.name ?? ''}`}
      secret={token.token ?? null}
      onClose={onClose}
      uses={(onCopied) => token.token && <TokenSnippets secret={token.token} onCopied={onCopied} />}
      about={
        <Stack gap={4}>
          <Text>
            <b className="break">{nameOf(token)}</b>{' '}
            {token.expiresAt ? (
              <>
                expires <Time at={token.expiresAt} />.
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
