/** Deletes several tokens of whatever owners: counted and named before, told one by one after. */

import { Alert, Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Refused, Unreachable } from '@mintmark/client'
import { accessTokens, accessTokenUsages, auditEvents, leakReports, vars } from '@mintmark/contract'
import { AlertIcon } from '@primer/octicons-react'
import { type FormEvent, useState } from 'react'
import { useFocusBack } from '../parts/focus.ts'
import { inWords } from '../parts/saving.ts'
import { counted } from '../parts/time.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { nameOf } from './token-words.tsx'

export interface EndableToken {
  readonly id: string
  readonly name?: string | null
  readonly lastCharacters?: string
  readonly ownerEmail?: string
}

interface Failure {
  readonly token: EndableToken
  readonly why: string
}

type Ending =
  | { readonly state: 'asking' }
  | { readonly state: 'busy'; readonly done: number }
  | { readonly state: 'told'; readonly ended: number; readonly failures: readonly Failure[] }

interface EndTokens {
  readonly of: readonly EndableToken[] | null
  /** With the ids that are still alive. */
  readonly onDone: (left: ReadonlySet<string>) => void
  readonly onClose: () => void
}

export function EndTokens({ of, onDone, onClose }: EndTokens) {
  const [kept, keep] = useState(of)
  // What is being deleted must not change under way because the list was loaded anew.
  if (of !== kept && (of === null || kept === null)) keep(of)
  return kept === null ? null : <Shown of={kept} onDone={onDone} onClose={onClose} />
}

const namesShown = 8

function Shown({ of, onDone, onClose }: EndTokens & { of: readonly EndableToken[] }) {
  const [ending, setEnding] = useState<Ending>({ state: 'asking' })
  const [typed, setTyped] = useState('')
  useFocusBack()
  const number = String(of.length)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== number) return
    const failures = await endEach(of, (done) => setEnding({ state: 'busy', done }))
    onDone(new Set(failures.map(({ token }) => token.id)))
    await refresh(accessTokens, accessTokenUsages, auditEvents, leakReports, vars)
    if (failures.length > 0) return setEnding({ state: 'told', ended: of.length - failures.length, failures })
    notifications.show({ message: `Deleted ${counted(of.length, 'token')}. They are refused from now on.` })
    onClose()
  }
  const isBusy = ending.state === 'busy'
  return (
    <Modal
      opened
      onClose={isBusy ? () => undefined : onClose}
      title={
        ending.state === 'told'
          ? `${counted(ending.failures.length, 'token')} not deleted`
          : `Delete ${counted(of.length, 'token')}?`
      }
      withCloseButton={!isBusy}
      centered
    >
      {ending.state === 'told' ? (
        <Told of={ending} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap={14}>
            <Text>Whatever uses them is refused from the next request on. This cannot be undone.</Text>
            <Names of={of} />
            <TextInput
              label={
                <>
                  Type <span className="mono">{number}</span>, the number of tokens, to confirm
                </>
              }
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              inputMode="numeric"
              autoComplete="off"
              disabled={isBusy}
              data-autofocus
            />
            {isBusy && (
              <Progress value={(100 * ending.done) / of.length} aria-label={`${ending.done} of ${number} deleted`} />
            )}
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose} disabled={isBusy}>
                Cancel
              </Button>
              <Button type="submit" color="red" loading={isBusy} disabled={typed.trim() !== number}>
                Delete {counted(of.length, 'token')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

function Names({ of }: { of: readonly EndableToken[] }) {
  return (
    <ul className="plain-list">
      {of.slice(0, namesShown).map((token) => (
        <li key={token.id} className="break">
          <b>{nameOf(token)}</b> <span className="quiet">{token.ownerEmail}</span>
        </li>
      ))}
      {of.length > namesShown && <li className="quiet">and {of.length - namesShown} more</li>}
    </ul>
  )
}

function Told({ of, onClose }: { of: Extract<Ending, { state: 'told' }>; onClose: () => void }) {
  return (
    <Stack gap={14}>
      <Alert color="red" variant="light" icon={<AlertIcon />} role="alert">
        {of.ended > 0 ? `${counted(of.ended, 'token')} deleted. ` : ''}These are still alive and still selected:
      </Alert>
      <ul className="plain-list">
        {of.failures.map(({ token, why }) => (
          <li key={token.id} className="break">
            <b>{nameOf(token)}</b> <span className="quiet">{token.ownerEmail}</span>
            <div>{why}</div>
          </li>
        ))}
      </ul>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  )
}

/** One after the other. Somebody else's deletion is as good as ours; a proof that was not given stops the rest. */
async function endEach(of: readonly EndableToken[], onDone: (done: number) => void): Promise<Failure[]> {
  const failures: Failure[] = []
  for (const [done, token] of of.entries()) {
    onDone(done)
    try {
      await call(accessTokens, 'remove', { path: { accessToken: token.id } })
    } catch (error) {
      if (error instanceof Refused && error.status === 404 && (await isGone(token.id))) continue
      failures.push({ token, why: error instanceof Unreachable ? 'The server did not answer.' : inWords(error) })
      if (error instanceof Refused && ['proof-required', 'no-session'].includes(error.code)) {
        failures.push(...of.slice(done + 1).map((rest) => ({ token: rest, why: 'It was not tried any more.' })))
        break
      }
    }
  }
  return failures
}

const isGone = async (id: string): Promise<boolean> => {
  const { records } = await call(accessTokenUsages, 'list', {
    filters: { accessToken: id },
    page: { number: 1, size: 1 },
  })
  return records.length === 0
}
