/** For somebody who has signed in here before: they accept an invitation in a session of their own. */
import { Button, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Outside } from '../parts/outside.tsx'
import { useSave } from '../parts/saving.ts'
import { Refusal } from '../parts/states.tsx'
import { exactly } from '../parts/time.tsx'
import { queries } from '../queries.ts'
import { auth } from '../server.ts'
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
    // Asks to sign in, or to prove who is there, where that is needed.
    const accepted = await save.run(() => auth<{ account: string }>('POST', 'invitations/accept', { secret }))
    if (!accepted) return
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })
    void navigate({ to: '/', replace: true })
  }
  return (
    <Outside title={`Join ${account}`}>
      <Stack gap={14}>
        <Text>
          <b className="break">{email}</b> is invited to the account <b>{account}</b>. Accept the invitation as you
          usually sign in. Your sign-in methods stay the same.
        </Text>
        <Refusal text={save.rest()} />
        <Button size="sm" loading={save.busy} onClick={() => void accept()}>
          Accept invitation
        </Button>
        <Text size="sm" c="dimmed">
          The invitation expires {exactly(expiresAt)}.
        </Text>
      </Stack>
    </Outside>
  )
}
