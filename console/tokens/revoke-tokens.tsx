/** Deletes several tokens of whatever owners: counted and named before, told one by one after. */

import { Alert, Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core'
import { accessTokens, accessTokenUsages, auditEvents, leakReports, vars } from '@mintmark/contract'
import { AlertIcon } from '@primer/octicons-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useFocusBack } from '../parts/focus.ts'
import { counted } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { refresh } from '../queries.ts'
import { type Halt, type RevocableToken, type RevokeResult, revokeEach } from './revoke-each.ts'
import { nameOf } from './token-text.tsx'

type Ending =
  | { readonly state: 'asking' }
  | { readonly state: 'busy'; readonly tried: number; readonly failed: number }
  | { readonly state: 'told'; readonly ended: RevokeResult }

interface EndTokens {
  readonly of: readonly RevocableToken[] | null
  /** With the ids that are still alive. */
  readonly onDone: (left: ReadonlySet<string>) => void
  readonly onClose: () => void
}

export function RevokeTokens({ of, onDone, onClose }: EndTokens) {
  const [kept, keep] = useState(of)
  // What is being deleted must not change under way because the list was loaded anew.
  if (of !== kept && (of === null || kept === null)) keep(of)
  return kept === null ? null : <Shown of={kept} onDone={onDone} onClose={onClose} />
}

const namesShown = 8
const leftShown = 50
const left = 'left the page'

function Shown({ of, onDone, onClose }: EndTokens & { of: readonly RevocableToken[] }) {
  const [ending, setEnding] = useState<Ending>({ state: 'asking' })
  const stop = useRef(new AbortController())
  useFocusBack()
  // Nothing goes on being deleted where nobody sees it.
  useEffect(() => () => stop.current.abort(left), [])
  const run = async () => {
    stop.current = new AbortController()
    const { signal } = stop.current
    setEnding({ state: 'busy', tried: 0, failed: 0 })
    const ended = await revokeEach(of, {
      signal,
      onTried: (tried, failed) => setEnding({ state: 'busy', tried, failed }),
    })
    const alive = [...ended.failures.map(({ token }) => token), ...ended.untried]
    onDone(new Set(alive.map(({ id }) => id)))
    void refresh(accessTokens, accessTokenUsages, auditEvents, leakReports, vars)
    if (alive.length > 0 && signal.reason !== left) return setEnding({ state: 'told', ended })
    const number = ended.ended === of.length ? counted(of.length, 'token') : `${ended.ended} of ${of.length} tokens`
    showToast({ message: `Deleted ${number}. They are refused from now on.` })
    onClose()
  }
  const isBusy = ending.state === 'busy'
  return (
    <Modal
      opened
      onClose={isBusy ? () => undefined : onClose}
      title={
        ending.state === 'told'
          ? `${counted(of.length - ending.ended.ended, 'token')} not deleted`
          : `Delete ${counted(of.length, 'token')}?`
      }
      withCloseButton={!isBusy}
      centered
    >
      {ending.state === 'asking' && <Question of={of} onAgree={run} onClose={onClose} />}
      {ending.state === 'busy' && <Busy of={of} {...ending} onStop={() => stop.current.abort()} />}
      {ending.state === 'told' && <Told of={ending.ended} onClose={onClose} />}
    </Modal>
  )
}

interface Question {
  readonly of: readonly RevocableToken[]
  readonly onAgree: () => Promise<void>
  readonly onClose: () => void
}

function Question({ of, onAgree, onClose }: Question) {
  const [typed, setTyped] = useState('')
  const number = String(of.length)
  const isSure = typed.trim() === number
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isSure) void onAgree()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Consequence />
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
          data-autofocus
        />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={!isSure}>
            Delete {counted(of.length, 'token')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface Busy {
  readonly of: readonly RevocableToken[]
  readonly tried: number
  readonly failed: number
  readonly onStop: () => void
}

function Busy({ of, tried, failed, onStop }: Busy) {
  const [isStopping, setStopping] = useState(false)
  const words = `${tried.toLocaleString('en')} of ${of.length.toLocaleString('en')}`
  return (
    <Stack gap={14}>
      <Consequence />
      <Names of={of} />
      <Stack gap={8} mih={52} justify="flex-end">
        <Text>
          {words}
          {failed > 0 && <span className="quiet">, {failed} of them not deleted</span>}
        </Text>
        <Progress.Root>
          <Progress.Section value={(100 * tried) / of.length} aria-label="Deleting" aria-valuetext={words} />
        </Progress.Root>
      </Stack>
      <Group justify="flex-end">
        <Button
          variant="default"
          ref={focus}
          onClick={() => {
            setStopping(true)
            onStop()
          }}
        >
          {isStopping ? 'Stopping…' : 'Stop'}
        </Button>
      </Group>
    </Stack>
  )
}

/** What was pressed is gone. */
const focus = (element: HTMLElement | null) => element?.focus()

const Consequence = () => <Text>Whatever uses them is refused from the next request on. This cannot be undone.</Text>

function Names({ of }: { of: readonly RevocableToken[] }) {
  return (
    <ul className="plain-list">
      {of.slice(0, namesShown).map((token) => (
        <Name key={token.id} of={token} />
      ))}
      <More than={namesShown} of={of} />
    </ul>
  )
}

function Name({ of, why }: { of: RevocableToken; why?: string }) {
  return (
    <li className="break">
      <b>{nameOf(of)}</b> <span className="quiet">{of.ownerEmail}</span>
      {why && <div>{why}</div>}
    </li>
  )
}

const More = ({ than, of }: { than: number; of: readonly unknown[] }) =>
  of.length > than && <li className="quiet">and {(of.length - than).toLocaleString('en')} more</li>

const haltWords: Readonly<Record<Halt, string>> = {
  stopped: 'You stopped it.',
  unreachable: 'Then the server could not be reached any more.',
  unproven: 'Then it was not proven that it is you.',
}

function Told({ of: { ended, failures, untried, halt }, onClose }: { of: RevokeResult; onClose: () => void }) {
  const rows = [...failures, ...untried.map((token) => ({ token, why: 'Not tried.' }))]
  return (
    <Stack gap={14}>
      <Alert color="red" variant="light" icon={<AlertIcon />} role="alert">
        {ended > 0 && `${counted(ended, 'token')} deleted. `}
        {halt && `${haltWords[halt]} `}
        {untried.length > 0 && `${counted(untried.length, 'token')} not tried. `}
        What was not deleted stays selected:
      </Alert>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <ul className="plain-list long" tabIndex={0} aria-label="Not deleted">
        {rows.slice(0, leftShown).map(({ token, why }) => (
          <Name key={token.id} of={token} why={why} />
        ))}
        <More than={leftShown} of={rows} />
      </ul>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} ref={focus}>
          Close
        </Button>
      </Group>
    </Stack>
  )
}
