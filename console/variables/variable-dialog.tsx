/** Adds or edits a variable. The value exists only in the state of this dialog. */

import { Modal, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { auditEvents, limits, vars } from '@mintmark/contract'
import { holdsToken, type MintMark, type ScopePath } from '@mintmark/token'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { patternsQuery } from '../scanning/patterns.ts'
import { call } from '../server.ts'
import { FinalSwitch } from './final-switch.tsx'
import { looksSecret } from './looks-secret.ts'
import type { Variable } from './variable-columns.tsx'

interface VariableDialog {
  /** A null variable means a new one. */
  readonly editing: { readonly variable: Variable | null } | null
  readonly scope: ScopePath
  readonly onClose: () => void
}

export function VariableDialog({ editing, scope, onClose }: VariableDialog) {
  return (
    <Modal
      opened={editing !== null}
      onClose={onClose}
      title={editing?.variable ? `Edit variable “${editing.variable.key}”` : 'Add variable'}
      centered
      closeOnClickOutside={false}
    >
      {editing && <VariableFields variable={editing.variable} scope={scope} onClose={onClose} />}
    </Modal>
  )
}

function VariableFields({
  variable,
  scope,
  onClose,
}: {
  variable: Variable | null
  scope: ScopePath
  onClose: () => void
}) {
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
  /** Null until the user decides; until then it follows the input. */
  const [chosen, setChosen] = useState<boolean | null>(null)
  const { data: patterns } = useQuery(patternsQuery)
  const isReplaced = !isHidden || value !== ''
  const isAsStored = variable !== null && key === variable.key && value === (variable.value ?? '')
  const sensitivity = sensitivityOf({
    key,
    value,
    chosen: chosen ?? (isHidden || isAsStored ? isHidden : null),
    isKept: isHidden && !isReplaced,
    mark: patterns?.mark,
  })
  const save = useSave()
  const finalRefused = save.errorAt('/data/attributes/final')

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
        ? call(vars, 'update', { path: { var: variable.id }, input: common, parameters })
        : call(vars, 'create', { input: { ...common, category, ...scopeInput(scope) }, parameters }),
    )
    if (!saved) return
    await invalidate(vars, auditEvents)
    onClose()
    // Hidden values cannot be read and overridden variables are gone, so neither can be restored.
    const isWhole = typeof variable?.value === 'string' && !saved.sensitive && !overrides
    const message = `Saved variable ${saved.key}.`
    if (isWhole) showToastWithUndo(message, () => restoreVariable(variable))
    else showToast({ message })
  }
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap={14}>
        <TextInput
          label="Key"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/key')}
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
            isHidden ? 'The stored value is hidden. Leave this empty to keep it, or enter a new value.' : null
          }
          placeholder={isHidden ? 'Hidden' : ''}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/value')}
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
          description={sensitivity.reason}
          checked={sensitivity.on}
          disabled={sensitivity.forced}
          onChange={(event) => setChosen(event.currentTarget.checked)}
          error={save.errorAt('/data/attributes/sensitive')}
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
            {variable ? 'The category cannot be changed after creation. ' : ''}
            {category === 'terraform'
              ? 'An input variable of the configuration.'
              : 'An environment variable of the run.'}
          </Text>
        </Stack>
        {category === 'terraform' && (
          <Switch
            label="HCL"
            description="The value is an HCL expression, such as a list or a map, rather than text."
            checked={hcl}
            onChange={(event) => setHcl(event.currentTarget.checked)}
            error={save.errorAt('/data/attributes/hcl')}
          />
        )}
        {(!scope.workspace || final) && (
          <FinalSwitch
            checked={final}
            onChange={setFinal}
            error={finalRefused}
            overrides={overrides}
            onOverride={setOverrides}
          />
        )}
        <DescriptionField value={description} onChange={setDescription} save={save} />
        <FormActions
          save={save}
          submitLabel={variable ? 'Save changes' : 'Add variable'}
          disabled={key.trim() === ''}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}

async function restoreVariable({ id, key, value, sensitive, hcl, final, description }: Variable): Promise<void> {
  const input = { key, value, sensitive, hcl, final, description }
  await call(vars, 'update', { path: { var: id }, input })
  await invalidate(vars, auditEvents)
}

const scopeInput = ({ account, environment, workspace }: ScopePath) => ({
  accountId: account,
  ...(environment ? { environmentId: environment } : {}),
  ...(workspace ? { workspaceId: workspace } : {}),
})

interface Sensitivity {
  readonly on: boolean
  readonly forced: boolean
  readonly reason: string
}

interface SensitivityInput {
  readonly key: string
  readonly value: string
  readonly chosen: boolean | null
  /** Whether a hidden value is kept. */
  readonly isKept: boolean
  readonly mark: MintMark | undefined
}

const sensitiveDescription = 'Encrypted and never shown again.'
const signs = {
  name: 'On because the key looks like a secret. ',
  prefix: 'On because the value looks like a known type of secret. ',
  random: 'On because the value looks random. ',
}

function sensitivityOf({ key, value, chosen, isKept, mark }: SensitivityInput): Sensitivity {
  if (mark && holdsToken(mark, value))
    return {
      on: true,
      forced: true,
      reason: 'The value contains an API token of this installation. Tokens are always stored as sensitive.',
    }
  if (isKept)
    return { on: true, forced: true, reason: 'A sensitive value stays hidden. To turn this off, enter a new value.' }
  if (chosen !== null) return { on: chosen, forced: false, reason: sensitiveDescription }
  const sign = looksSecret(key, value)
  return { on: sign !== null, forced: false, reason: (sign ? signs[sign] : '') + sensitiveDescription }
}
