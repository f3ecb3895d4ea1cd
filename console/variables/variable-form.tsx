/** Adds or changes a variable. What is typed lives in this dialog until it is closed. */
import { Checkbox, Modal, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { auditEvents, limits, vars } from '@mintmark/contract'
import { holdsToken, type MintMark, type ScopePath } from '@mintmark/token'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { patternsQuery } from '../scanning/patterns.ts'
import { call } from '../server.ts'
import { looksSecret } from './looks-secret.ts'
import type { Variable } from './variable-columns.tsx'

interface VariableForm {
  /** Null in it: a new one. */
  readonly editing: { readonly variable: Variable | null } | null
  readonly scope: ScopePath
  readonly onClose: () => void
}

export function VariableForm({ editing, scope, onClose }: VariableForm) {
  return (
    <Modal
      opened={editing !== null}
      onClose={onClose}
      title={editing?.variable ? `Edit ${editing.variable.key}` : 'Add variable'}
      centered
      closeOnClickOutside={false}
    >
      {editing && <Wish variable={editing.variable} scope={scope} onClose={onClose} />}
    </Modal>
  )
}

function Wish({ variable, scope, onClose }: { variable: Variable | null; scope: ScopePath; onClose: () => void }) {
  const isHidden = variable?.sensitive === true
  const [key, setKey] = useState(variable?.key ?? '')
  const [value, setValue] = useState(variable?.value ?? '')
  const [category, setCategory] = useState<'terraform' | 'shell'>(
    variable && variable.category !== 'terraform' ? 'shell' : 'terraform',
  )
  const [hcl, setHcl] = useState(variable?.hcl ?? false)
  const [final, setFinal] = useState(variable?.final ?? false)
  const [overrides, setOverrides] = useState(false)
  const [description, setDescription] = useState(variable?.description ?? '')
  /** Null while nobody has said; then it follows what is typed. */
  const [chosen, setChosen] = useState<boolean | null>(null)
  const { data: patterns } = useQuery(patternsQuery)
  const isReplaced = !isHidden || value !== ''
  const isAsStored = variable !== null && key === variable.key && value === (variable.value ?? '')
  const sensitivity = judged({
    key,
    value,
    chosen: chosen ?? (isHidden || isAsStored ? isHidden : null),
    isKept: isHidden && !isReplaced,
    mark: patterns?.mark,
  })
  const save = useSave()
  const finalRefused = save.at('/data/attributes/final')

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const common = {
      key: key.trim(),
      ...(isReplaced ? { value } : {}),
      sensitive: sensitivity.on,
      hcl: category === 'terraform' && hcl,
      final,
      description: description.trim() || null,
    }
    const parameters = overrides ? { force: 'true' } : {}
    const saved = await save.run(() =>
      variable
        ? call(vars, 'update', { path: { var: variable.id }, wish: common, parameters })
        : call(vars, 'create', { wish: { ...common, category, ...placeOf(scope) }, parameters }),
    )
    if (!saved) return
    await refresh(vars, auditEvents)
    onClose()
    // A hidden value cannot be read, so it cannot be brought back; nor can those that were overridden.
    const isWhole = typeof variable?.value === 'string' && !saved.sensitive && !overrides
    const message = `Saved the variable ${saved.key}.`
    if (isWhole) showToastWithUndo(message, () => bringBack(variable))
    else showToast({ message })
  }
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap={14}>
        <TextInput
          label="Key"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={save.at('/data/attributes/key')}
          maxLength={255}
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'mono' }}
          data-autofocus
        />
        <Textarea
          label="Value"
          description={
            isHidden ? 'The stored value stays hidden. Leave this empty to keep it, or type another one.' : null
          }
          placeholder={isHidden ? 'hidden' : ''}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={save.at('/data/attributes/value')}
          maxLength={limits.variableValueCharacters}
          autoComplete="off"
          spellCheck={false}
          autosize
          minRows={2}
          maxRows={10}
          classNames={{ input: 'mono' }}
        />
        <Switch
          label="Sensitive"
          description={sensitivity.why}
          checked={sensitivity.on}
          disabled={sensitivity.forced}
          onChange={(event) => setChosen(event.currentTarget.checked)}
          error={save.at('/data/attributes/sensitive')}
        />
        <Stack gap={4}>
          <Text size="sm" fw={500} id="category-label">
            Category
          </Text>
          <SegmentedControl
            aria-labelledby="category-label"
            style={{ alignSelf: 'flex-start' }}
            data={[
              { value: 'terraform', label: 'Terraform' },
              { value: 'shell', label: 'Shell' },
            ]}
            value={category}
            onChange={(chosen) => setCategory(chosen as 'terraform' | 'shell')}
            disabled={variable !== null}
          />
          <Text size="sm" c="dimmed">
            {variable ? 'It cannot be changed: add another variable instead. ' : ''}
            {category === 'terraform'
              ? 'An input variable of the configuration.'
              : 'Set in the environment of the run.'}
          </Text>
        </Stack>
        {category === 'terraform' && (
          <Switch
            label="HCL"
            description="The value is an expression, such as a list or a map, rather than a text."
            checked={hcl}
            onChange={(event) => setHcl(event.currentTarget.checked)}
            error={save.at('/data/attributes/hcl')}
          />
        )}
        <Switch
          label="Final"
          description="Narrower scopes may not have a variable of the same key."
          checked={final}
          onChange={(event) => setFinal(event.currentTarget.checked)}
          error={finalRefused}
        />
        {final && finalRefused && (
          <Checkbox
            label="Override those in narrower scopes"
            checked={overrides}
            onChange={(event) => setOverrides(event.currentTarget.checked)}
          />
        )}
        <Textarea
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={save.at('/data/attributes/description')}
          maxLength={1024}
          autosize
          minRows={1}
          maxRows={5}
        />
        <FormEnd
          save={save}
          deed={variable ? 'Save' : 'Add variable'}
          disabled={key.trim() === ''}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}

async function bringBack({ id, key, value, sensitive, hcl, final, description }: Variable): Promise<void> {
  const wish = { key, value, sensitive, hcl, final, description }
  await call(vars, 'update', { path: { var: id }, wish })
  await refresh(vars, auditEvents)
}

const placeOf = ({ account, environment, workspace }: ScopePath) => ({
  accountId: account,
  ...(environment ? { environmentId: environment } : {}),
  ...(workspace ? { workspaceId: workspace } : {}),
})

interface Judged {
  readonly on: boolean
  readonly forced: boolean
  readonly why: string
}

interface ToJudge {
  readonly key: string
  readonly value: string
  readonly chosen: boolean | null
  /** Whether a hidden value is there and is not replaced. */
  readonly isKept: boolean
  readonly mark: MintMark | undefined
}

const meaning = 'Encrypted, and never shown again to anybody.'
const signs = {
  name: 'On, because the key sounds like a secret. ',
  prefix: 'On, because the value begins like a known kind of secret. ',
  random: 'On, because the value looks random, as secrets do. ',
}

function judged({ key, value, chosen, isKept, mark }: ToJudge): Judged {
  if (mark && holdsToken(mark, value))
    return {
      on: true,
      forced: true,
      why: 'The value holds an API token of this installation. Those are always stored hidden.',
    }
  if (isKept)
    return { on: true, forced: true, why: 'A hidden value stays hidden. To turn this off, type another value.' }
  if (chosen !== null) return { on: chosen, forced: false, why: meaning }
  const sign = looksSecret(key, value)
  return { on: sign !== null, forced: false, why: (sign ? signs[sign] : '') + meaning }
}
