/** The leak rules: the action by visibility of the location, with exceptions by source. */
import { Autocomplete, Button, Group, Select, Stack, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, leakRules, limits } from '@mintmark/contract'
import { PlusIcon, TrashIcon } from '@primer/octicons-react'
import { type FormEvent, useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { DurationInput, isValidDuration } from '../parts/duration-input.tsx'
import { ErrorAlert } from '../parts/states.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { ReadOnlyNotice, useUnsavedChangesPrompt } from '../parts/unsaved-changes.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { type Confidence, confidenceText, type LeakAction, leakActions, sourceName, sources } from './leak-text.tsx'
import { OptionWithDescription } from './option-with-description.tsx'

interface Exception {
  /** React key: several rows can be empty at once. */
  readonly key: number
  readonly source: string
  /** Null for any confidence. */
  readonly confidence: Confidence | null
  readonly action: LeakAction
}

const withoutKey = ({ source = '', confidence = null, action = 'revoke' }: Partial<Exception>) => ({
  source: source.trim(),
  confidence,
  action,
})

const withKeys = (exceptions: readonly Omit<Exception, 'key'>[]): readonly Exception[] =>
  exceptions.map((exception, key) => ({ key, ...exception }))

const confidenceOptions = [
  { value: 'any', label: 'Any confidence' },
  ...Object.entries(confidenceText).map(([value, { label }]) => ({ value, label })),
]
const actionOptions = Object.entries(leakActions).map(([value, { label }]) => ({ value, label }))
// Reports by the token holder always revoke, regardless of the rules.
const sourceNames = sources.map(({ value }) => value).filter((value) => value !== 'holder')

export function LeakRulesForm({ of, disabledReason }: { of: Found<typeof leakRules>; disabledReason: string | null }) {
  const account = useAccount()
  const before = {
    public: of.public ?? 'revoke',
    private: of.private ?? 'notify',
    overlap: of.overlap ?? limits.rotationOverlapMinutesDefault,
    sources: (of.sources ?? []).map(withoutKey),
  }
  const [publicly, setPublic] = useState<LeakAction>(before.public)
  const [privately, setPrivate] = useState<LeakAction>(before.private)
  const [overlap, setOverlap] = useState<number | null>(before.overlap)
  const [exceptions, setExceptions] = useState(withKeys(before.sources))
  const save = useSave()
  const given = exceptions.map(withoutKey)
  const input = { public: publicly, private: privately, overlap: overlap ?? 1, sources: given }
  const isChanged = JSON.stringify(input) !== JSON.stringify(before)
  const isRight =
    isValidDuration(overlap, limits.rotationOverlapMinutesMax) &&
    given.every(({ source }) => source !== '') &&
    new Set(given.map(({ source, confidence }) => `${source} ${confidence}`)).size === given.length
  useUnsavedChangesPrompt(isChanged)
  const change = (key: number, next: Partial<Exception>) =>
    setExceptions(exceptions.map((each) => (each.key === key ? { ...each, ...next } : each)))
  const add = () =>
    setExceptions([
      ...exceptions,
      { key: 1 + Math.max(-1, ...exceptions.map(({ key }) => key)), source: '', confidence: null, action: 'revoke' },
    ])
  const write = async (rules: typeof input) => {
    const saved = await call(leakRules, 'update', { filters: { account: account.id }, input: rules })
    await invalidate(leakRules, auditEvents)
    setPublic(rules.public)
    setPrivate(rules.private)
    setOverlap(rules.overlap)
    setExceptions(withKeys(rules.sources))
    return saved
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(() => saveWithUndo({ before, after: input, write, message: 'Saved the leak rules.' }))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={18}>
        <ReadOnlyNotice reason={disabledReason} />
        <ActionSelect
          label="Public or unknown locations"
          value={publicly}
          onChange={setPublic}
          error={save.errorAt('/data/attributes/public')}
          disabled={disabledReason !== null}
        />
        <ActionSelect
          label="Private locations"
          value={privately}
          onChange={setPrivate}
          error={save.errorAt('/data/attributes/private')}
          disabled={disabledReason !== null}
        />
        <DurationInput
          label="Overlap"
          description="How long a token keeps working before it is revoked."
          value={overlap}
          onChange={setOverlap}
          max={limits.rotationOverlapMinutesMax}
          error={save.errorAt('/data/attributes/overlap')}
          disabled={disabledReason !== null}
        />
        <Stack gap={8} role="group" aria-labelledby="exceptions">
          <div>
            <Text fw={500} size="sm" id="exceptions">
              Exceptions by source
            </Text>
            <Text size="sm" c="dimmed">
              The first match wins, also over the rules above. A token holder can always revoke the token. For a custom
              reporter, enter its configured name.
            </Text>
          </div>
          {exceptions.map(({ key, source, confidence, action }, index) => (
            <Group key={key} gap={8} align="flex-start" className="exception">
              <Autocomplete
                aria-label={`Source ${index + 1}`}
                placeholder="Select or type"
                data={sourceNames}
                renderOption={({ option }) => (
                  <OptionWithDescription value={option.value} description={sourceName(option.value)} />
                )}
                value={source}
                onChange={(typed) => change(key, { source: typed })}
                error={save.errorAt(`/data/attributes/sources/${index}/source`)}
                disabled={disabledReason !== null}
                style={{ flex: '1 1 130px' }}
              />
              <Select
                aria-label={`Confidence ${index + 1}`}
                data={confidenceOptions}
                value={confidence ?? 'any'}
                onChange={(value) => change(key, { confidence: value === 'any' ? null : (value as Confidence) })}
                allowDeselect={false}
                disabled={disabledReason !== null}
                style={{ flex: '1 1 130px' }}
              />
              <Select
                aria-label={`Action ${index + 1}`}
                data={actionOptions}
                value={action}
                onChange={(value) => change(key, { action: value as LeakAction })}
                allowDeselect={false}
                disabled={disabledReason !== null}
                style={{ flex: '1 1 130px' }}
              />
              {!disabledReason && (
                <ActionIconButton
                  name={`Remove exception ${source || index + 1}`}
                  mt={4}
                  color="red"
                  onClick={() => setExceptions(exceptions.filter((each) => each.key !== key))}
                >
                  <TrashIcon />
                </ActionIconButton>
              )}
            </Group>
          ))}
          {!disabledReason && (
            <Button variant="default" leftSection={<PlusIcon />} style={{ alignSelf: 'flex-start' }} onClick={add}>
              Add exception
            </Button>
          )}
        </Stack>
        <ErrorAlert text={save.otherErrors()} />
        {!disabledReason && (
          <Group>
            <Button type="submit" loading={save.busy} disabled={!isChanged || !isRight}>
              Save leak rules
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

interface ActionSelect {
  readonly label: string
  readonly value: LeakAction
  readonly onChange: (action: LeakAction) => void
  readonly error: string | undefined
  readonly disabled: boolean
}

const ActionSelect = ({ label, value, onChange, error, disabled }: ActionSelect) => (
  <Select
    label={label}
    description={leakActions[value].about}
    data={actionOptions}
    value={value}
    onChange={(chosen) => onChange(chosen as LeakAction)}
    allowDeselect={false}
    error={error}
    disabled={disabled}
  />
)
