/** Asks the person whether a program on their own machine may have a token. */
import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { AlertIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type AuthorizationRequest, programOf, readAuthorization, refusalOf } from '../consent/authorization-request.ts'
import { useAddress } from '../parts/address.ts'
import { Outside } from '../parts/outside.tsx'
import { useSave } from '../parts/saving.ts'
import { Refusal } from '../parts/states.tsx'
import { auth } from '../server.ts'
import { useSession } from '../session/session.ts'
import { ExpiryChoice, firstExpiry, minutesOf } from '../tokens/expiry-choice.tsx'
import { useLongestLife } from '../tokens/longest-life.ts'

export function Authorize() {
  const [address] = useAddress()
  const read = readAuthorization(address)
  if (read.is === 'right') return <Consent request={read.request} />
  return (
    <Outside title="This cannot go on">
      <Stack gap={14}>
        <Alert color="red" variant="light" icon={<AlertIcon />} role="alert">
          {read.why}
        </Alert>
        <Text>No token was made. You can close this window.</Text>
        <Button component={Link} to="/" variant="default">
          Go to Mintmark
        </Button>
      </Stack>
    </Outside>
  )
}

type Answer = 'none' | 'agreed' | 'refused'

function Consent({ request }: { request: AuthorizationRequest }) {
  const { user, accounts } = useSession()
  const most = useLongestLife('person')
  const program = programOf(request.clientId)
  const [name, setName] = useState(`${program.short} on ${request.machine ?? platform()}`)
  const [chosen, setExpiry] = useState<ReturnType<typeof firstExpiry> | null>(null)
  const [answer, setAnswer] = useState<Answer>('none')
  const expiry = chosen ?? firstExpiry(most)
  const expiresIn = minutesOf(expiry)
  const save = useSave()

  const agree = async (event: FormEvent) => {
    event.preventDefault()
    const answered = await save.run(() =>
      auth<{ 'redirect-to': string }>('POST', 'authorizations', {
        'client-id': request.clientId,
        'redirect-uri': request.redirectUri,
        'code-challenge': request.codeChallenge,
        ...(request.state === null ? {} : { state: request.state }),
        name: name.trim(),
        'expires-in': expiresIn ?? null,
      }),
    )
    if (!answered) return
    setAnswer('agreed')
    location.assign(answered['redirect-to'])
  }
  const refuse = () => {
    setAnswer('refused')
    location.assign(refusalOf(request))
  }
  if (answer !== 'none')
    return (
      <Outside title={answer === 'agreed' ? 'Back to your program' : 'Refused'}>
        <Text role="status">
          {answer === 'agreed'
            ? `${program.name} gets its token now. You can close this window.`
            : `${program.name} gets no token. You can close this window.`}
        </Text>
      </Outside>
    )
  return (
    <Outside
      title={`Give ${program.name.replace(/^The/, 'the')} a token?`}
      about={
        <>
          {program.name}
          {request.machine && (
            <>
              {' '}
              on <b className="break">{request.machine}</b>
            </>
          )}{' '}
          asks for one. Agree only if you started it yourself just now.
        </>
      }
    >
      <form onSubmit={agree}>
        <Stack gap={16}>
          <div>
            <Text fw={500} mb={4}>
              What is made
            </Text>
            <List size="sm" spacing={4}>
              <List.Item>
                A personal access token of <b className="break">{user.email}</b>
              </List.Item>
              <List.Item>
                With all that you may do in {accounts.map((account) => account.name).join(', ') || 'your accounts'}
              </List.Item>
              <List.Item>
                Sent to <span className="mono break">{new URL(request.redirectUri).host}</span>, on your own machine
              </List.Item>
            </List>
          </div>
          <TextInput
            label="Name of the token"
            description="You find it in your profile under this name, and can delete it there."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={save.at('/name')}
            maxLength={255}
            required
            withAsterisk={false}
            autoComplete="off"
          />
          <ExpiryChoice value={expiry} onChange={setExpiry} most={most} error={save.at('/expires-in')} />
          <Refusal text={save.rest()} />
          <Group grow gap={8}>
            <Button variant="default" size="sm" onClick={refuse} disabled={save.busy}>
              Refuse
            </Button>
            <Button
              type="submit"
              size="sm"
              loading={save.busy}
              disabled={name.trim() === '' || expiresIn === undefined}
            >
              Agree
            </Button>
          </Group>
        </Stack>
      </form>
    </Outside>
  )
}

/** As the browser tells it; for the name of the token alone. */
function platform(): string {
  const { userAgent } = navigator
  const known = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac', 'CrOS', 'Linux'] as const
  return known.find((each) => userAgent.includes(each)) ?? 'my machine'
}
