/** Where a one-time link leads. Its secret stands in the fragment, which no server sees, and leaves the address at once. */
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { Outside } from '../parts/outside.tsx'
import { useSave } from '../parts/saving.ts'
import { Loading, Nothing, Refusal } from '../parts/states.tsx'
import { exactly } from '../parts/time.tsx'
import { authOnce } from '../server.ts'
import { AcceptInvitation } from '../session/accept-invitation.tsx'
import type { SessionAnswer } from '../session/session.ts'
import { signIn } from '../session/sign-in.ts'

interface Opened {
  readonly purpose: 'owner' | 'invitation' | 'recovery'
  readonly needs: 'credential' | 'sign-in'
  readonly email: string
  readonly 'full-name': string | null
  readonly 'account-name': string | null
  readonly 'expires-at': string
}

type Stage =
  | { readonly is: 'opening' }
  | { readonly is: 'dead' }
  | { readonly is: 'open'; readonly secret: string; readonly opened: Opened }

let carried: string | null = null

/** Read once: React may mount twice, and the fragment is gone after the first time. */
function takeSecret(): string {
  const secret = location.hash.slice(1)
  if (secret) {
    carried = secret
    history.replaceState(history.state, '', location.pathname)
  }
  return carried ?? ''
}

export function Welcome() {
  const [stage, setStage] = useState<Stage>({ is: 'opening' })
  useEffect(() => {
    const secret = takeSecret()
    if (!secret) return setStage({ is: 'dead' })
    authOnce<Opened>('POST', 'link/open', { secret }).then(
      (opened) => setStage({ is: 'open', secret, opened }),
      () => setStage({ is: 'dead' }),
    )
  }, [])
  if (stage.is === 'opening')
    return (
      <Outside title="Mintmark">
        <Loading rows={2} />
      </Outside>
    )
  if (stage.is === 'dead')
    return (
      <Outside title="This link does not work">
        <Nothing title="It was used, has expired, or is not whole">
          Each link works once. Ask whoever sent it for another one, or <a href="/sign-in">sign in</a> if you have been
          here before.
        </Nothing>
      </Outside>
    )
  const { secret, opened } = stage
  if (opened.needs === 'sign-in')
    return (
      <AcceptInvitation
        secret={secret}
        email={opened.email}
        account={opened['account-name'] ?? ''}
        expiresAt={opened['expires-at']}
      />
    )
  return <Open secret={secret} opened={opened} />
}

const greetings = {
  owner: { title: 'Welcome to Mintmark', deed: 'Begin' },
  invitation: { title: 'You were invited', deed: 'Accept and continue' },
  recovery: { title: 'Get back in', deed: 'Continue' },
}

function Open({ secret, opened }: { secret: string; opened: Opened }) {
  const [fullName, setFullName] = useState(opened['full-name'] ?? '')
  const save = useSave()
  const navigate = useNavigate()
  const greeting = greetings[opened.purpose]
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const answer = await save.run(() =>
      authOnce<SessionAnswer>('POST', 'link/use', {
        secret,
        ...(fullName.trim() ? { 'full-name': fullName.trim() } : {}),
      }),
    )
    if (!answer) return
    carried = null
    signIn(answer)
    void navigate({ to: '/first-credential', replace: true })
  }
  return (
    <Outside
      title={greeting.title}
      about={
        opened['account-name'] && (
          <>
            {opened.purpose === 'owner' ? 'You own the account' : 'To the account'} <b>{opened['account-name']}</b>
          </>
        )
      }
    >
      <form onSubmit={submit}>
        <Stack gap={14}>
          <Text>
            This link signs you in once as <b className="break">{opened.email}</b>. Next you choose how you sign in from
            then on.
          </Text>
          {opened.purpose !== 'recovery' && (
            <TextInput
              label="Your name"
              description="As others will see it."
              autoComplete="name"
              value={fullName}
              onChange={(event) => setFullName(event.currentTarget.value)}
              error={save.at('/full-name')}
              autoFocus
            />
          )}
          <Refusal text={save.rest()} />
          <Button type="submit" size="sm" loading={save.busy}>
            {greeting.deed}
          </Button>
          <Alert variant="light" color="gray" p={10}>
            <Text size="sm">The link works until {exactly(opened['expires-at'])}, and once.</Text>
          </Alert>
        </Stack>
      </form>
    </Outside>
  )
}
