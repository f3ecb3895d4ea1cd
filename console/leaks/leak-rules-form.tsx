/** What follows when a token is found: by who can look there, and by who found it. */
import { ActionIcon, Autocomplete, Button, Group, Select, Stack, Text, Tooltip } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, leakRules, limits } from '@mintmark/contract'
import { PlusIcon, XIcon } from '@primer/octicons-react'
import { type FormEvent, useState } from 'react'
import { Duration, isDuration } from '../parts/duration.tsx'
import { Held, useLeaving } from '../parts/held.tsx'
import { useSave } from '../parts/saving.ts'
import { Refusal } from '../parts/states.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { answerWords, type Confidence, confidences, type LeakAnswer, sourceName, sources } from './leak-text.tsx'
import { KnownWord } from './revealed-text.tsx'

interface Exception {
  /** Only for this form: two rows may be empty at once. */
  readonly key: number
  readonly source: string
  /** Null: however far it is to be believed. */
  readonly confidence: Confidence | null
  readonly answer: LeakAnswer
}

const plain = ({ source = '', confidence = null, answer = 'revoke' }: Partial<Exception>) => ({
  source: source.trim(),
  confidence,
  answer,
})

const keyed = (exceptions: readonly Omit<Exception, 'key'>[]): readonly Exception[] =>
  exceptions.map((exception, key) => ({ key, ...exception }))

const grades = [
  { value: 'any', label: 'Any place' },
  ...Object.entries(confidences).map(([value, { label }]) => ({ value, label })),
]
const answers = Object.entries(answerWords).map(([value, { label }]) => ({ value, label }))
// A holder ends it whatever the rules.
const sourceNames = sources.map(({ value }) => value).filter((value) => value !== 'holder')

export function LeakRulesForm({ of, why }: { of: Found<typeof leakRules>; why: string | null }) {
  const account = useAccount()
  const before = {
    public: of.public ?? 'revoke',
    private: of.private ?? 'notify',
    overlap: of.overlap ?? limits.rotationOverlapMinutesDefault,
    sources: (of.sources ?? []).map(plain),
  }
  const [publicly, setPublic] = useState<LeakAnswer>(before.public)
  const [privately, setPrivate] = useState<LeakAnswer>(before.private)
  const [overlap, setOverlap] = useState<number | null>(before.overlap)
  const [exceptions, setExceptions] = useState(keyed(before.sources))
  const save = useSave()
  const given = exceptions.map(plain)
  const wish = { public: publicly, private: privately, overlap: overlap ?? 1, sources: given }
  const isChanged = JSON.stringify(wish) !== JSON.stringify(before)
  const isRight =
    isDuration(overlap, limits.rotationOverlapMinutesMax) &&
    given.every(({ source }) => source !== '') &&
    new Set(given.map(({ source, confidence }) => `${source} ${confidence}`)).size === given.length
  useLeaving(isChanged)
  const change = (key: number, next: Partial<Exception>) =>
    setExceptions(exceptions.map((each) => (each.key === key ? { ...each, ...next } : each)))
  const add = () =>
    setExceptions([
      ...exceptions,
      { key: 1 + Math.max(-1, ...exceptions.map(({ key }) => key)), source: '', confidence: null, answer: 'revoke' },
    ])
  const write = async (rules: typeof wish) => {
    const saved = await call(leakRules, 'update', { filters: { account: account.id }, wish: rules })
    await refresh(leakRules, auditEvents)
    setPublic(rules.public)
    setPrivate(rules.private)
    setOverlap(rules.overlap)
    setExceptions(keyed(rules.sources))
    return saved
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(() => saveWithUndo({ before, wish, write, message: 'Saved what follows when a token is found.' }))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={18}>
        <Held why={why} />
        <Answer
          label="Where anybody can look, or nobody knows"
          value={publicly}
          onChange={setPublic}
          error={save.at('/data/attributes/public')}
          disabled={why !== null}
        />
        <Answer
          label="Where few can look"
          value={privately}
          onChange={setPrivate}
          error={save.at('/data/attributes/private')}
          disabled={why !== null}
        />
        <Duration
          label="Overlap"
          description="How long a token lives on that is ended after an overlap."
          value={overlap}
          onChange={setOverlap}
          most={limits.rotationOverlapMinutesMax}
          error={save.at('/data/attributes/overlap')}
          disabled={why !== null}
        />
        <Stack gap={8} role="group" aria-labelledby="exceptions">
          <div>
            <Text fw={500} size="sm" id="exceptions">
              Exceptions by source
            </Text>
            <Text size="sm" c="dimmed">
              The first that fits wins, also over the place. Whoever holds a token may always end it. A reporter of your
              own goes by the name it was configured with.
            </Text>
          </div>
          {exceptions.map(({ key, source, confidence, answer }, index) => (
            <Group key={key} gap={8} align="flex-start" className="exception">
              <Autocomplete
                aria-label={`Source ${index + 1}`}
                placeholder="Choose or type"
                data={sourceNames}
                renderOption={({ option }) => <KnownWord word={option.value} about={sourceName(option.value)} />}
                value={source}
                onChange={(typed) => change(key, { source: typed })}
                error={save.at(`/data/attributes/sources/${index}/source`)}
                disabled={why !== null}
                style={{ flex: '1 1 130px' }}
              />
              <Select
                aria-label={`Certainty ${index + 1}`}
                data={grades}
                value={confidence ?? 'any'}
                onChange={(value) => change(key, { confidence: value === 'any' ? null : (value as Confidence) })}
                allowDeselect={false}
                disabled={why !== null}
                style={{ flex: '1 1 130px' }}
              />
              <Select
                aria-label={`Answer ${index + 1}`}
                data={answers}
                value={answer}
                onChange={(value) => change(key, { answer: value as LeakAnswer })}
                allowDeselect={false}
                disabled={why !== null}
                style={{ flex: '1 1 130px' }}
              />
              {!why && (
                <Tooltip label="Remove">
                  <ActionIcon
                    mt={4}
                    aria-label={`Remove the exception ${source || index + 1}`}
                    onClick={() => setExceptions(exceptions.filter((each) => each.key !== key))}
                  >
                    <XIcon />
                  </ActionIcon>
                </Tooltip>
              )}
            </Group>
          ))}
          {!why && (
            <Button variant="default" leftSection={<PlusIcon />} style={{ alignSelf: 'flex-start' }} onClick={add}>
              Add exception
            </Button>
          )}
        </Stack>
        <Refusal text={save.rest()} />
        {!why && (
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

interface Answer {
  readonly label: string
  readonly value: LeakAnswer
  readonly onChange: (answer: LeakAnswer) => void
  readonly error: string | undefined
  readonly disabled: boolean
}

const Answer = ({ label, value, onChange, error, disabled }: Answer) => (
  <Select
    label={label}
    description={answerWords[value].about}
    data={answers}
    value={value}
    onChange={(chosen) => onChange(chosen as LeakAnswer)}
    allowDeselect={false}
    error={error}
    disabled={disabled}
  />
)
