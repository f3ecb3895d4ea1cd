/** Shows the seed for an authenticator app as a picture drawn here, and takes the first code as the proof that it arrived. */
import { Anchor, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { encode } from 'uqr'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { Failed, Loading } from '../parts/states.tsx'
import { auth } from '../server.ts'

interface Seed {
  readonly secret: string
  readonly uri: string
}

type Stage =
  | { readonly is: 'asking' }
  | { readonly is: 'failed'; readonly error: unknown }
  | { readonly is: 'shown'; readonly seed: Seed }

export function SetUpCodes({
  onDone,
  onClose,
}: {
  onDone: (recoveryCodes: readonly string[]) => void
  onClose: () => void
}) {
  const [stage, setStage] = useState<Stage>({ is: 'asking' })
  useEffect(() => {
    let isGone = false
    auth<Seed>('POST', 'methods/totp', {}).then(
      (seed) => !isGone && setStage({ is: 'shown', seed }),
      (error: unknown) => !isGone && setStage({ is: 'failed', error }),
    )
    return () => {
      isGone = true
    }
  }, [])
  if (stage.is === 'asking') return <Loading rows={3} />
  if (stage.is === 'failed') return <Failed error={stage.error} />
  return <Confirm seed={stage.seed} onDone={onDone} onClose={onClose} />
}

function Confirm({
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
    const made = await save.run(() =>
      auth<{ 'recovery-codes': readonly string[] }>('POST', 'methods/totp/confirm', { code: code.trim() }),
    )
    if (made) onDone(made['recovery-codes'])
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text>Scan this with your authenticator app, then type the code it shows.</Text>
        <Picture of={seed.uri} />
        {byHand ? (
          <output className="secret" aria-label="Key to type by hand">
            {seed.secret.match(/.{1,4}/g)?.join(' ')}
          </output>
        ) : (
          <Anchor component="button" type="button" size="sm" onClick={() => setByHand(true)}>
            Cannot scan? Type a key instead
          </Anchor>
        )}
        <TextInput
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={save.at('/code')}
          maxLength={7}
          required
          withAsterisk={false}
          data-autofocus
        />
        <FormEnd save={save} deed="Turn on" disabled={code.trim().length < 6} onCancel={onClose} />
      </Stack>
    </form>
  )
}

/** Black on white in every theme, or a phone would not read it. */
function Picture({ of }: { of: string }) {
  const { data, size } = encode(of, { border: 2 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label="Picture to scan"
      style={{ background: '#fff', borderRadius: 6, margin: '0 auto' }}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
