/** The consent page for programs on the user's machine that request a token. */
import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { AlertIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import {
  type AuthorizationRequest,
  denialUrl,
  parseAuthorizationRequest,
  programOf,
} from '../consent/authorization-request.ts'
import { CenteredPage } from '../parts/centered-page.tsx'
import { ErrorAlert } from '../parts/states.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { useSave } from '../parts/use-save.ts'
import { callAuth } from '../server.ts'
import { useSession } from '../session/session.ts'
import { defaultExpiry, ExpiryChoice, expiryMinutes } from '../tokens/expiry-choice.tsx'
import { useMaxLifetime } from '../tokens/max-lifetime.ts'

export function Authorize() {
  const [address] = useUrlQuery()
  const read = parseAuthorizationRequest(address)
  if (read.is === 'right') return <Consent request={read.request} />
  return (
    <CenteredPage title="Can't continue">
      <Stack gap={14}>
        <Alert color="red" variant="light" icon={<AlertIcon />} role="alert">
          {read.reason}
        </Alert>
        <Text>No token was created. You can close this window.</Text>
        <Button component={Link} to="/" variant="default">
          Go to Mintmark
        </Button>
      </Stack>
    </CenteredPage>
  )
}

const membersOf = ({ clientId, redirectUri, codeChallenge, state }: AuthorizationRequest) => ({
  'client-id': clientId,
  'redirect-uri': redirectUri,
  'code-challenge': codeChallenge,
  ...(state === null ? {} : { state }),
})

type Decision = 'none' | 'authorized' | 'canceled'

function Consent({ request }: { request: AuthorizationRequest }) {
  const { user, accounts } = useSession()
  const max = useMaxLifetime('person')
  const program = programOf(request.clientId)
  const [name, setName] = useState(`${program.short} on ${request.machine ?? platform()}`)
  const [chosen, setExpiry] = useState<ReturnType<typeof defaultExpiry> | null>(null)
  const [decision, setDecision] = useState<Decision>('none')
  const expiry = chosen ?? defaultExpiry(max)
  const expiresIn = expiryMinutes(expiry)
  const save = useSave()

  const authorize = async (event: FormEvent) => {
    event.preventDefault()
    const response = await save.run(() =>
      callAuth('POST /auth/authorizations', {
        body: { ...membersOf(request), name: name.trim(), 'expires-in': expiresIn ?? null },
      }),
    )
    if (!response) return
    setDecision('authorized')
    location.assign(response['redirect-to'])
  }
  const cancel = () => {
    setDecision('canceled')
    location.assign(denialUrl(request))
  }
  if (decision !== 'none')
    return (
      <CenteredPage title={decision === 'authorized' ? 'Authorized' : 'Canceled'}>
        <Text role="status">
          {decision === 'authorized'
            ? `${program.name} receives its token now. You can close this window.`
            : `${program.name} did not receive a token. You can close this window.`}
        </Text>
      </CenteredPage>
    )
  return (
    <CenteredPage
      title={`Authorize ${program.name.replace(/^The/, 'the')}`}
      about={
        <>
          {program.name}
          {request.machine && (
            <>
              {' '}
              on <b className="break">{request.machine}</b>
            </>
          )}{' '}
          wants to access Mintmark as you. Authorize it only if you just started it yourself.
        </>
      }
    >
      <form onSubmit={authorize}>
        <Stack gap={16}>
          <div>
            <Text fw={500} mb={4}>
              It will receive
            </Text>
            <List size="sm" spacing={4}>
              <List.Item>
                A personal access token for <b className="break">{user.email}</b>
              </List.Item>
              <List.Item>
                All of your permissions in {accounts.map((account) => account.name).join(', ') || 'your accounts'}
              </List.Item>
              <List.Item>
                Sent to <span className="mono break">{new URL(request.redirectUri).host}</span>on your own machine
              </List.Item>
            </List>
          </div>
          <TextInput
            label="Token name"
            description="You can find and revoke the token under this name in your profile."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={save.errorAt('/name')}
            maxLength={255}
            required
            withAsterisk={false}
            autoComplete="off"
          />
          <ExpiryChoice value={expiry} onChange={setExpiry} max={max} error={save.errorAt('/expires-in')} />
          <ErrorAlert text={save.otherErrors()} />
          <Group grow gap={8}>
            <Button variant="default" size="sm" onClick={cancel} disabled={save.busy}>
              Cancel
            </Button>
            <Button
              type="submit"
              size="sm"
              loading={save.busy}
              disabled={name.trim() === '' || expiresIn === undefined}
            >
              Authorize
            </Button>
          </Group>
        </Stack>
      </form>
    </CenteredPage>
  )
}

/** From the user agent; used only for the token name. */
function platform(): string {
  const { userAgent } = navigator
  const known = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac', 'CrOS', 'Linux'] as const
  return known.find((each) => userAgent.includes(each)) ?? 'my machine'
}
