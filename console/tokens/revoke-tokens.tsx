/** Revokes several tokens of any owners: lists them before, and the failures after. */

import { Alert, Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core'
import { accessTokens, accessTokenUsages, auditEvents, leakReports, vars } from '@mintmark/contract'
import { AlertIcon } from '@primer/octicons-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useRestoreFocus } from '../parts/focus.ts'
import { formatCount } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { invalidate } from '../queries.ts'
import { LastUse } from './last-use.tsx'
import { type RevocableToken, type RevokeResult, revokeEach, type StopReason } from './revoke-each.ts'
import { nameOf } from './token-text.tsx'

type RevokeState =
  | { readonly state: 'confirming' }
  | { readonly state: 'busy'; readonly tried: number; readonly failed: number }
  | { readonly state: 'failed'; readonly result: RevokeResult }

interface RevokeTokensProps {
  readonly of: readonly RevocableToken[] | null
  /** Called with the IDs of the tokens that were not revoked. */
  readonly onDone: (left: ReadonlySet<string>) => void
  readonly onClose: () => void
}

export function RevokeTokens({ of, onDone, onClose }: RevokeTokensProps) {
  const [tokens, setTokens] = useState(of)
  // The set of tokens must not change while they are revoked, even if the list is refetched.
  if (of !== tokens && (of === null || tokens === null)) setTokens(of)
  return tokens === null ? null : <RevokeDialog of={tokens} onDone={onDone} onClose={onClose} />
}

const namesShown = 8
const failuresShown = 50
const leftPageReason = 'left the page'

function RevokeDialog({ of, onDone, onClose }: RevokeTokensProps & { of: readonly RevocableToken[] }) {
  const [state, setState] = useState<RevokeState>({ state: 'confirming' })
  const stop = useRef(new AbortController())
  useRestoreFocus()
  // Leaving the page stops the operation.
  useEffect(() => () => stop.current.abort(leftPageReason), [])
  const run = async () => {
    stop.current = new AbortController()
    const { signal } = stop.current
    setState({ state: 'busy', tried: 0, failed: 0 })
    const result = await revokeEach(of, {
      signal,
      onTried: (tried, failed) => setState({ state: 'busy', tried, failed }),
    })
    const notRevoked = [...result.failures.map(({ token }) => token), ...result.notAttempted]
    onDone(new Set(notRevoked.map(({ id }) => id)))
    void invalidate(accessTokens, accessTokenUsages, auditEvents, leakReports, vars)
    if (notRevoked.length > 0 && signal.reason !== leftPageReason) return setState({ state: 'failed', result })
    const number =
      result.revokedCount === of.length
        ? formatCount(of.length, 'token')
        : `${result.revokedCount} of ${of.length} tokens`
    showToast({ message: `Revoked ${number}.` })
    onClose()
  }
  const isBusy = state.state === 'busy'
  return (
    <Modal
      opened
      onClose={isBusy ? () => undefined : onClose}
      title={
        state.state === 'failed'
          ? `${formatCount(of.length - state.result.revokedCount, 'token')} not revoked`
          : `Revoke ${formatCount(of.length, 'token')}?`
      }
      withCloseButton={!isBusy}
      centered
    >
      {state.state === 'confirming' && <ConfirmForm of={of} onAgree={run} onClose={onClose} />}
      {state.state === 'busy' && <RevokeProgress of={of} {...state} onStop={() => stop.current.abort()} />}
      {state.state === 'failed' && <FailureSummary of={state.result} onClose={onClose} />}
    </Modal>
  )
}

interface ConfirmForm {
  readonly of: readonly RevocableToken[]
  readonly onAgree: () => Promise<void>
  readonly onClose: () => void
}

function ConfirmForm({ of, onAgree, onClose }: ConfirmForm) {
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
        {of[0] && of.length === 1 && <LastUse of={of[0]} />}
        <TextInput
          label={
            <>
              Type <span className="mono">{number}</span> to confirm
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
            Revoke {formatCount(of.length, 'token')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface RevokeProgress {
  readonly of: readonly RevocableToken[]
  readonly tried: number
  readonly failed: number
  readonly onStop: () => void
}

function RevokeProgress({ of, tried, failed, onStop }: RevokeProgress) {
  const [isStopping, setStopping] = useState(false)
  const words = `${tried.toLocaleString('en')} of ${of.length.toLocaleString('en')}`
  return (
    <Stack gap={14}>
      <Consequence />
      <Names of={of} />
      <Stack gap={8} mih={52} justify="flex-end">
        <Text>
          {words}
          {failed > 0 && <span className="quiet">, {failed} failed</span>}
        </Text>
        <Progress.Root>
          <Progress.Section value={(100 * tried) / of.length} aria-label="Revoking tokens" aria-valuetext={words} />
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

/** The pressed button was removed, so the focus moves here. */
const focus = (element: HTMLElement | null) => element?.focus()

const Consequence = () => <Text>Requests that use these tokens start failing immediately. This cannot be undone.</Text>

function Names({ of }: { of: readonly RevocableToken[] }) {
  return (
    <ul className="plain-list">
      {of.slice(0, namesShown).map((token) => (
        <Name key={token.id} of={token} />
      ))}
      <MoreCount than={namesShown} of={of} />
    </ul>
  )
}

function Name({ of, reason }: { of: RevocableToken; reason?: string }) {
  return (
    <li className="break">
      <b>{nameOf(of)}</b> <span className="quiet">{of.ownerEmail}</span>
      {reason && <div>{reason}</div>}
    </li>
  )
}

const MoreCount = ({ than, of }: { than: number; of: readonly unknown[] }) =>
  of.length > than && <li className="quiet">and {(of.length - than).toLocaleString('en')} more</li>

const stopReasonText: Readonly<Record<StopReason, string>> = {
  stopped: 'You stopped the operation.',
  unreachable: 'The server became unreachable.',
  unconfirmed: 'Your identity was not confirmed.',
}

function FailureSummary({
  of: { revokedCount, failures, notAttempted, stopReason },
  onClose,
}: {
  of: RevokeResult
  onClose: () => void
}) {
  const rows = [...failures, ...notAttempted.map((token) => ({ token, reason: 'Not attempted.' }))]
  return (
    <Stack gap={14}>
      <Alert color="red" variant="light" icon={<AlertIcon />} role="alert">
        {revokedCount > 0 && `${formatCount(revokedCount, 'token')} revoked. `}
        {stopReason && `${stopReasonText[stopReason]} `}
        {notAttempted.length > 0 && `${formatCount(notAttempted.length, 'token')} not attempted. `}
        Tokens that were not revoked stay selected:
      </Alert>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard */}
      <ul className="plain-list long" tabIndex={0} aria-label="Not revoked">
        {rows.slice(0, failuresShown).map(({ token, reason }) => (
          <Name key={token.id} of={token} reason={reason} />
        ))}
        <MoreCount than={failuresShown} of={rows} />
      </ul>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} ref={focus}>
          Close
        </Button>
      </Group>
    </Stack>
  )
}
