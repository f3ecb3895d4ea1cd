/** A new-password field with a strength meter. The server rates the password. */
import { PasswordInput, Progress, Stack, Text } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { type AuthResponse, callAuthOnce } from '../server.ts'

type Strength = AuthResponse<'POST /auth/methods/password/strength'>

const strengthLabels = ['Very weak', 'Weak', 'Not strong enough', 'Good', 'Strong']

interface NewPassword {
  readonly label?: string
  readonly value: string
  readonly onChange: (password: string) => void
  readonly error?: string | undefined
}

export function NewPassword({ label = 'New password', value, onChange, error }: NewPassword) {
  const [strength, setStrength] = useState<Strength | null>(null)
  const ratePassword = useDebouncedCallback(async (password: string) => {
    if (!password) return setStrength(null)
    // Without a response there is no meter; saving reports weak passwords.
    setStrength(await callAuthOnce('POST /auth/methods/password/strength', { body: { password } }).catch(() => null))
  }, 250)
  return (
    <Stack gap={6}>
      <PasswordInput
        label={label}
        description="A few unrelated words are easy to remember and hard to guess."
        autoComplete="new-password"
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value)
          void ratePassword(event.currentTarget.value)
        }}
        error={error}
        required
        withAsterisk={false}
        data-autofocus
      />
      <div aria-live="polite" style={{ minHeight: 28 }}>
        {strength && value && (
          <>
            <Progress
              size={4}
              value={((strength.score + 1) / 5) * 100}
              color={strength.enough ? 'mint' : 'orange'}
              aria-hidden
            />
            <Text size="sm" c="dimmed" mt={4}>
              {strengthLabels[strength.score]}
              {strength.hint && !error ? `. ${strength.hint}` : ''}
            </Text>
          </>
        )}
      </div>
    </Stack>
  )
}
