/** Asks for a password or a passkey: to sign in, to sign in anew over a page, and to prove that one is there. */

import { Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { PasskeyFillIcon } from '@primer/octicons-react'
import { type FormEvent, useState } from 'react'
import { useSave } from '../parts/saving.ts'
import { Refusal } from '../parts/states.tsx'
import { authOnce } from '../server.ts'
import { answerWithPasskey, passkeysWork, passkeyTrouble } from './passkey.ts'
import type { SessionAnswer } from './session.ts'

interface CredentialsForm {
  readonly purpose: 'sign-in' | 'prove'
  /** Known already when somebody signs in anew or proves to be there. */
  readonly email?: string
  /** Which ways are open; all unless known. */
  readonly ways?: { readonly password: boolean; readonly passkey: boolean }
  readonly onDone: (answer: SessionAnswer) => void
}

const doors = {
  'sign-in': { password: 'sign-in', passkey: 'passkey/sign-in', deed: 'Sign in' },
  prove: { password: 'step-up', passkey: 'step-up', deed: 'Continue' },
} as const

export function CredentialsForm({
  purpose,
  email: known,
  ways = { password: true, passkey: true },
  onDone,
}: CredentialsForm) {
  const [email, setEmail] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const save = useSave()
  const door = doors[purpose]

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTrouble(null)
    const answer = await save.run(async () => {
      try {
        return await authOnce<SessionAnswer>('POST', door.password, {
          ...(purpose === 'sign-in' ? { email: email.trim() } : {}),
          password,
          ...(needsCode ? { code: code.trim() } : {}),
        })
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'second-factor-required' || needsCode) throw error
        setNeedsCode(true)
        return null
      }
    })
    if (answer) onDone(answer)
  }
  const answerByPasskey = async () => {
    setTrouble(null)
    const answer = await save.run(async () => {
      try {
        const response = await answerWithPasskey()
        return await authOnce<SessionAnswer>('POST', door.passkey, { response })
      } catch (error) {
        const words = passkeyTrouble(error)
        if (!words) throw error
        setTrouble(words)
        return null
      }
    })
    if (answer) onDone(answer)
  }

  const hasPasskey = ways.passkey && passkeysWork()
  return (
    <Stack gap={14}>
      {hasPasskey && (
        <Button
          variant={ways.password ? 'default' : 'filled'}
          size="sm"
          leftSection={<PasskeyFillIcon />}
          onClick={answerByPasskey}
          disabled={save.busy}
          {...(ways.password ? {} : { 'data-autofocus': true })}
        >
          {purpose === 'sign-in' ? 'Sign in with a passkey' : 'Use your passkey'}
        </Button>
      )}
      {hasPasskey && ways.password && <Divider label="or" />}
      {ways.password && (
        <form onSubmit={submit}>
          <Stack gap={12}>
            {!known && (
              <TextInput
                label="E-mail"
                type="email"
                autoComplete="username webauthn"
                required
                withAsterisk={false}
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
                error={save.at('/email')}
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
              error={save.at('/password')}
              {...(known ? { 'data-autofocus': true } : {})}
            />
            {needsCode && (
              <TextInput
                label="Code"
                description="From your authenticator app, or one of your recovery codes."
                autoComplete="one-time-code"
                required
                withAsterisk={false}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
                error={save.at('/code')}
                autoFocus
              />
            )}
            <Button type="submit" size="sm" loading={save.busy}>
              {door.deed}
            </Button>
          </Stack>
        </form>
      )}
      {!ways.password && !hasPasskey && <Text>Your passkey works over https or on localhost only.</Text>}
      <Refusal text={trouble ?? save.rest()} />
    </Stack>
  )
}
