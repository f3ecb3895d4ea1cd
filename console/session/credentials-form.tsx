/** Password and passkey form, for sign-in and re-authentication. */

import { Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { PasskeyFillIcon } from '@primer/octicons-react'
import { type FormEvent, useState } from 'react'
import { ErrorAlert } from '../parts/states.tsx'
import { useSave } from '../parts/use-save.ts'
import { callAuthOnce } from '../server.ts'
import { arePasskeysSupported, authenticateWithPasskey, passkeyErrorMessage } from './passkey.ts'
import type { SessionResponse } from './session.ts'

interface CredentialsForm {
  readonly purpose: 'sign-in' | 'step-up'
  /** Given for re-authentication and when a session has expired. */
  readonly email?: string
  /** The available sign-in methods; default: all. */
  readonly methods?: { readonly password: boolean; readonly passkey: boolean }
  readonly onDone: (response: SessionResponse) => void
}

const purposes = {
  'sign-in': { passkey: 'POST /auth/passkey/sign-in', submitLabel: 'Sign in' },
  'step-up': { passkey: 'POST /auth/step-up', submitLabel: 'Confirm' },
} as const

export function CredentialsForm({
  purpose,
  email: known,
  methods = { password: true, passkey: true },
  onDone,
}: CredentialsForm) {
  const [email, setEmail] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const [passkeyError, setPasskeyError] = useState<string | null>(null)
  const save = useSave()
  const texts = purposes[purpose]

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setPasskeyError(null)
    const response = await save.run(async () => {
      try {
        const body = { password, ...(needsCode ? { code: code.trim() } : {}) }
        if (purpose === 'step-up') return await callAuthOnce('POST /auth/step-up', { body })
        return await callAuthOnce('POST /auth/sign-in', { body: { ...body, email: email.trim() } })
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'second-factor-required' || needsCode) throw error
        setNeedsCode(true)
        return null
      }
    })
    if (response) onDone(response)
  }
  const submitPasskey = async () => {
    setPasskeyError(null)
    const response = await save.run(async () => {
      try {
        const response = await authenticateWithPasskey()
        return await callAuthOnce(texts.passkey, { body: { response } })
      } catch (error) {
        const message = passkeyErrorMessage(error)
        if (!message) throw error
        setPasskeyError(message)
        return null
      }
    })
    if (response) onDone(response)
  }

  const hasPasskey = methods.passkey && arePasskeysSupported()
  return (
    <Stack gap={14}>
      {hasPasskey && (
        <Button
          variant={methods.password ? 'default' : 'filled'}
          size="sm"
          leftSection={<PasskeyFillIcon />}
          onClick={submitPasskey}
          disabled={save.busy}
          {...(methods.password ? {} : { 'data-autofocus': true })}
        >
          {purpose === 'sign-in' ? 'Sign in with a passkey' : 'Use passkey'}
        </Button>
      )}
      {hasPasskey && methods.password && <Divider label="or" />}
      {methods.password && (
        <form onSubmit={submit}>
          <Stack gap={12}>
            {!known && (
              <TextInput
                label="Email"
                type="email"
                autoComplete="username webauthn"
                required
                withAsterisk={false}
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
                error={save.errorAt('/email')}
                data-autofocus
                autoFocus={purpose === 'sign-in'}
              />
            )}
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={save.errorAt('/password')}
              {...(known ? { 'data-autofocus': true } : {})}
            />
            {needsCode && (
              <TextInput
                label="Code"
                description="A code from your authenticator app, or a recovery code."
                autoComplete="one-time-code"
                required
                withAsterisk={false}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
                error={save.errorAt('/code')}
                autoFocus
              />
            )}
            <Button type="submit" size="sm" loading={save.busy}>
              {texts.submitLabel}
            </Button>
          </Stack>
        </form>
      )}
      {!methods.password && !hasPasskey && <Text>Passkeys require HTTPS or localhost.</Text>}
      <ErrorAlert text={passkeyError ?? save.otherErrors()} />
    </Stack>
  )
}
