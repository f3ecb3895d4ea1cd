/** A button that can be disabled with a reason. It stays focusable, and a tooltip shows the reason. */
import { ActionIcon, type ActionIconProps, Button, type ButtonProps, Tooltip } from '@mantine/core'
import { PencilIcon } from '@primer/octicons-react'
import type { MouseEvent, ReactNode } from 'react'

interface Action {
  readonly onClick?: () => void
  /** Why the action is unavailable; null if it is available. */
  readonly disabledReason?: string | null
  readonly type?: 'button' | 'submit'
}

function disabledProps(disabledReason: string | null | undefined, onClick?: () => void) {
  return {
    ...(disabledReason ? { 'aria-disabled': true, 'data-disabled': true } : {}),
    onClick: (event: MouseEvent) => {
      if (disabledReason) event.preventDefault()
      else onClick?.()
    },
  }
}

export function ActionButton({ disabledReason, onClick, ...rest }: Action & ButtonProps & { children: ReactNode }) {
  return (
    <Tooltip label={disabledReason ?? ''} disabled={!disabledReason}>
      <Button {...rest} {...disabledProps(disabledReason, onClick)} />
    </Tooltip>
  )
}

export const EditButton = (props: Action) => (
  <ActionButton variant="default" leftSection={<PencilIcon />} {...props}>
    Edit
  </ActionButton>
)

/** An icon button. Its name is its tooltip and accessible name. */
export function ActionIconButton({
  disabledReason,
  onClick,
  name,
  ...rest
}: Action & ActionIconProps & { name: string; children: ReactNode }) {
  return (
    <Tooltip label={disabledReason ? `${name}. ${disabledReason}` : name}>
      <ActionIcon aria-label={name} {...rest} {...disabledProps(disabledReason, onClick)} />
    </Tooltip>
  )
}
