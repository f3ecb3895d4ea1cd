/** Sets up an authenticator app: shows the seed as a QR code and verifies the first code. */
import { Anchor, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { encode } from 'uqr'
import { FormActions } from '../parts/form-actions.tsx'
import { ErrorState, Loading } from '../parts/states.tsx'
import { useSave } from '../parts/use-save.ts'
import { type AuthResponse, callAuth } from '../server.ts'

type Seed = AuthResponse<'POST /auth/methods/totp'>

type Stage =
  | { readonly is: 'asking' }
  | { readonly is: 'failed'; readonly error: unknown }
  | { readonly is: 'shown'; readonly seed: Seed }

export function SetUpAuthenticator({
  onDone,
  onClose,
}: {
  onDone: (recoveryCodes: readonly string[]) => void
  onClose: () => void
}) {
  const [stage, setStage] = useState<Stage>({ is: 'asking' })
  useEffect(() => {
    let isUnmounted = false
    callAuth('POST /auth/methods/totp').then(
      (seed) => !isUnmounted && setStage({ is: 'shown', seed }),
      (error: unknown) => !isUnmounted && setStage({ is: 'failed', error }),
    )
    return () => {
      isUnmounted = true
    }
  }, [])
  if (stage.is === 'asking') return <Loading rows={3} />
  if (stage.is === 'failed') return <ErrorState error={stage.error} />
  return <ConfirmCodeForm seed={stage.seed} onDone={onDone} onClose={onClose} />
}

function ConfirmCodeForm({
  seed,
  onDone,
  onClose,
}: {
  seed: Seed
  onDone: (codes: readonly string[]) => void
  onClose: () => void
}) {
  const [code, setCode] = useState('')
  const [byHand, setByHand] = useState(false)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const created = await save.run(() => callAuth('POST /auth/methods/totp/confirm', { body: { code: code.trim() } }))
    if (created) onDone(created['recovery-codes'])
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text>Scan the QR code with your authenticator app, then enter the code it shows.</Text>
        <QrCode of={seed.uri} />
        {byHand ? (
          <output className="secret" aria-label="Setup key">
            {seed.secret.match(/.{1,4}/g)?.join(' ')}
          </output>
        ) : (
          <Anchor component="button" type="button" size="sm" onClick={() => setByHand(true)}>
            Can't scan? Enter a setup key instead
          </Anchor>
        )}
        <TextInput
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={save.errorAt('/code')}
          maxLength={7}
          required
          withAsterisk={false}
          data-autofocus
        />
        <FormActions save={save} submitLabel="Turn on" disabled={code.trim().length < 6} onCancel={onClose} />
      </Stack>
    </form>
  )
}

/** Black on white in every theme, so that phones can scan it. */
function QrCode({ of }: { of: string }) {
  const { data, size } = encode(of, { border: 2 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label="QR code"
      style={{ background: '#fff', borderRadius: 6, margin: '0 auto' }}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
