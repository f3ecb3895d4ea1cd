/** A button for something that may be out of reach: then it is disabled, can still be focused, and says why. */
import { ActionIcon, type ActionIconProps, Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { MouseEvent, ReactNode } from 'react'

interface Action {
  readonly onClick?: () => void
  /** Why it may not be done; null when it may. */
  readonly why?: string | null
  readonly type?: 'button' | 'submit'
}

function stopped(why: string | null | undefined, onClick?: () => void) {
  return {
    ...(why ? { 'aria-disabled': true, 'data-disabled': true } : {}),
    onClick: (event: MouseEvent) => {
      if (why) event.preventDefault()
      else onClick?.()
    },
  }
}

export function ActionButton({ why, onClick, ...rest }: Action & ButtonProps & { children: ReactNode }) {
  return (
    <Tooltip label={why ?? ''} disabled={!why}>
      <Button {...rest} {...stopped(why, onClick)} />
    </Tooltip>
  )
}

/** An icon alone: its name is its tooltip and what a screen reader says. */
export function ActionIconButton({
  why,
  onClick,
  name,
  ...rest
}: Action & ActionIconProps & { name: string; children: ReactNode }) {
  return (
    <Tooltip label={why ? `${name}. ${why}` : name}>
      <ActionIcon aria-label={name} {...rest} {...stopped(why, onClick)} />
    </Tooltip>
  )
}
