/** Password and passkey form, for sign-in and re-authentication. */

import { Button, type ButtonProps, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { PasskeyFillIcon } from '@primer/octicons-react'
import { type FormEvent, useState } from 'react'
import { ErrorAlert } from '../parts/states.tsx'
import { useSave } from '../parts/use-save.ts'
import { callAuthOnce } from '../server.ts'
import { lastMethod, type Method, rememberMethod } from './last-method.ts'
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
  const [remembered] = useState(lastMethod)
  const save = useSave()
  const texts = purposes[purpose]

  const done = (response: SessionResponse, method: Method) => {
    rememberMethod(method)
    onDone(response)
  }
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
    if (response) done(response, 'password')
  }
  const submitPasskey = async () => {
    setPasskeyError(null)
    const response = await save.run(async () => {
      try {
        return await callAuthOnce(texts.passkey, { body: { response: await authenticateWithPasskey() } })
      } catch (error) {
        const message = passkeyErrorMessage(error)
        if (!message) throw error
        setPasskeyError(message)
        return null
      }
    })
    if (response) done(response, 'passkey')
  }

  const hasPasskey = methods.passkey && arePasskeysSupported()
  const isPasskeyFirst = hasPasskey && (!methods.password || remembered !== 'password')
  // A new visitor most likely starts with the email address.
  const isPasskeyFocused = isPasskeyFirst && (known !== undefined || remembered === 'passkey')
  const passkeyButton = hasPasskey && (
    <PasskeyButton
      label={purpose === 'sign-in' ? 'Sign in with a passkey' : 'Use passkey'}
      variant={isPasskeyFirst ? 'filled' : 'default'}
      data-autofocus={isPasskeyFocused || undefined}
      onClick={submitPasskey}
      disabled={save.busy}
    />
  )
  const passwordForm = methods.password && (
    <form onSubmit={submit}>
      <Stack gap={12}>
        {!known && (
          <TextInput
            {...field}
            label="Email"
            type="email"
            autoComplete="username webauthn"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={save.errorAt('/email')}
            autoFocus={!isPasskeyFocused}
          />
        )}
        <PasswordInput
          {...field}
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={save.errorAt('/password')}
          data-autofocus={(known && !isPasskeyFocused) || undefined}
        />
        {needsCode && (
          <TextInput
            {...field}
            label="Code"
            description="A code from your authenticator app, or a recovery code."
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={save.errorAt('/code')}
            autoFocus
          />
        )}
        <Button type="submit" variant={isPasskeyFirst ? 'default' : 'filled'} size="sm" loading={save.busy}>
          {texts.submitLabel}
        </Button>
      </Stack>
    </form>
  )
  return (
    <Stack gap={14}>
      {isPasskeyFirst ? passkeyButton : passwordForm}
      {hasPasskey && methods.password && <Divider label="or" />}
      {isPasskeyFirst ? passwordForm : passkeyButton}
      {!methods.password && !hasPasskey && <Text>Passkeys require HTTPS or localhost.</Text>}
      <ErrorAlert text={passkeyError ?? save.otherErrors()} />
    </Stack>
  )
}

interface PasskeyButton extends Pick<ButtonProps, 'variant' | 'disabled'> {
  readonly label: string
  readonly 'data-autofocus': true | undefined
  readonly onClick: () => void
}

const PasskeyButton = ({ label, ...rest }: PasskeyButton) => (
  <Button size="sm" leftSection={<PasskeyFillIcon />} {...rest}>
    {label}
  </Button>
)

const field = { required: true, withAsterisk: false } as const
