/** Whether a variable is final, and whether saving it overrides variables in narrower scopes. */
import { Checkbox, Switch } from '@mantine/core'
import type { ReactNode } from 'react'

interface FinalSwitch {
  readonly checked: boolean
  readonly onChange: (isFinal: boolean) => void
  readonly error: ReactNode
  readonly overrides: boolean
  readonly onOverride: (overrides: boolean) => void
}

export const FinalSwitch = ({ checked, onChange, error, overrides, onOverride }: FinalSwitch) => (
  <>
    <Switch
      label="Final"
      description="Cannot be overridden in narrower scopes."
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
      error={error}
    />
    {checked && error && (
      <Checkbox
        label="Override existing variables in narrower scopes"
        checked={overrides}
        onChange={(event) => onOverride(event.currentTarget.checked)}
      />
    )}
  </>
)
