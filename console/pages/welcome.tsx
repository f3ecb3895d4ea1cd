/** The target of sign-in links. The secret is in the URL fragment, which is not sent to the server, and is removed from the URL at once. */
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { CenteredPage } from '../parts/centered-page.tsx'
import { EmptyState, ErrorAlert, Loading } from '../parts/states.tsx'
import { formatDateTime } from '../parts/time.tsx'
import { useSave } from '../parts/use-save.ts'
import { type AuthResponse, callAuthOnce } from '../server.ts'
import { AcceptInvitation } from '../session/accept-invitation.tsx'
import { signIn } from '../session/sign-in.ts'

type OpenedLink = AuthResponse<'POST /auth/link/open'>

type Stage =
  | { readonly is: 'opening' }
  | { readonly is: 'invalid' }
  | { readonly is: 'open'; readonly secret: string; readonly opened: OpenedLink }

let linkSecret: string | null = null

/** The fragment is removed after the first read, but React can mount twice in development. */
function readSecret(): string {
  const secret = location.hash.slice(1)
  if (secret) {
    linkSecret = secret
    history.replaceState(history.state, '', location.pathname)
  }
  return linkSecret ?? ''
}

export function Welcome() {
  const [stage, setStage] = useState<Stage>({ is: 'opening' })
  useEffect(() => {
    const open = () => {
      const secret = readSecret()
      if (!secret) return setStage({ is: 'invalid' })
      callAuthOnce('POST /auth/link/open', { body: { secret } }).then(
        (opened) => setStage({ is: 'open', secret, opened }),
        () => setStage({ is: 'invalid' }),
      )
    }
    open()
    // Another link that is opened in this tab changes the fragment only, as does removing the fragment.
    const openOther = () => location.hash !== '' && open()
    window.addEventListener('hashchange', openOther)
    return () => window.removeEventListener('hashchange', openOther)
  }, [])
  if (stage.is === 'opening')
    return (
      <CenteredPage title="Mintmark">
        <Loading rows={2} />
      </CenteredPage>
    )
  if (stage.is === 'invalid')
    return (
      <CenteredPage title="This link does not work">
        <EmptyState title="The link was already used, has expired or is incomplete">
          Each link works once. Ask the sender for a new link, or <a href="/sign-in">sign in</a> if you already have an
          account.
        </EmptyState>
      </CenteredPage>
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
  return <SignInLinkForm secret={secret} opened={opened} />
}

const greetings = {
  owner: { title: 'Welcome to Mintmark', submitLabel: 'Get started' },
  invitation: { title: 'You have been invited', submitLabel: 'Accept and continue' },
  recovery: { title: 'Restore your access', submitLabel: 'Continue' },
}

function SignInLinkForm({ secret, opened }: { secret: string; opened: OpenedLink }) {
  const [fullName, setFullName] = useState(opened['full-name'] ?? '')
  const save = useSave()
  const navigate = useNavigate()
  const greeting = greetings[opened.purpose]
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const response = await save.run(() =>
      callAuthOnce('POST /auth/link/use', {
        body: { secret, ...(fullName.trim() ? { 'full-name': fullName.trim() } : {}) },
      }),
    )
    if (!response) return
    linkSecret = null
    signIn(response)
    void navigate({ to: '/first-credential', replace: true })
  }
  return (
    <CenteredPage
      title={greeting.title}
      about={
        opened['account-name'] && (
          <>
            {opened.purpose === 'owner' ? 'You own the account' : 'Account'} <b>{opened['account-name']}</b>
          </>
        )
      }
    >
      <form onSubmit={submit}>
        <Stack gap={14}>
          <Text>
            This link signs you in once as <b className="break">{opened.email}</b>. Next, choose how you will sign in.
          </Text>
          {opened.purpose !== 'recovery' && (
            <TextInput
              label="Your name"
              description="Other users see this name."
              autoComplete="name"
              value={fullName}
              onChange={(event) => setFullName(event.currentTarget.value)}
              error={save.errorAt('/full-name')}
              autoFocus
            />
          )}
          <ErrorAlert text={save.otherErrors()} />
          <Button type="submit" size="sm" loading={save.busy}>
            {greeting.submitLabel}
          </Button>
          <Alert variant="light" color="gray" p={10}>
            <Text size="sm">This link works once and expires on {formatDateTime(opened['expires-at'])}.</Text>
          </Alert>
        </Stack>
      </form>
    </CenteredPage>
  )
}
