/** For existing users: they accept an invitation in their own session. */
import { Button, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { CenteredPage } from '../parts/centered-page.tsx'
import { ErrorAlert } from '../parts/states.tsx'
import { formatDateTime } from '../parts/time.tsx'
import { useSave } from '../parts/use-save.ts'
import { queries } from '../queries.ts'
import { callAuth } from '../server.ts'
import { sessionQuery } from './session.ts'

interface Invitation {
  readonly secret: string
  readonly email: string
  readonly account: string
  readonly expiresAt: string
}

export function AcceptInvitation({ secret, email, account, expiresAt }: Invitation) {
  const save = useSave()
  const navigate = useNavigate()
  const accept = async () => {
    // Prompts for sign-in or re-authentication if required.
    const accepted = await save.run(() => callAuth('POST /auth/invitations/accept', { body: { secret } }))
    if (!accepted) return
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })
    void navigate({ to: '/', replace: true })
  }
  return (
    <CenteredPage title={`Join ${account}`}>
      <Stack gap={14}>
        <Text>
          <b className="break">{email}</b> has been invited to the account <b>{account}</b>. Sign in as usual to accept.
          Your sign-in methods stay the same.
        </Text>
        <ErrorAlert text={save.otherErrors()} />
        <Button size="sm" loading={save.busy} onClick={() => void accept()}>
          Accept invitation
        </Button>
        <Text size="sm" c="dimmed">
          The invitation expires on {formatDateTime(expiresAt)}.
        </Text>
      </Stack>
    </CenteredPage>
  )
}
