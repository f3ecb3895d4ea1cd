/** Copies text to the clipboard, also over plain HTTP, where the clipboard API is unavailable. */
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { CheckIcon, CopyIcon } from '@primer/octicons-react'
import { useEffect, useState } from 'react'

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.style.position = 'fixed'
    document.body.append(field)
    field.select()
    const done = document.execCommand('copy')
    field.remove()
    return done
  }
}

function useCopied(text: string, onCopied?: () => void): [boolean, () => void] {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  const run = async () => {
    if (!(await copy(text))) return
    setCopied(true)
    onCopied?.()
  }
  return [copied, () => void run()]
}

interface CopyButtonProps {
  readonly text: string
  readonly name: string
  readonly onCopied?: () => void
  readonly isPrimary?: boolean
}

export function CopyButton({ text, name, onCopied, isPrimary = false }: CopyButtonProps) {
  const [copied, run] = useCopied(text, onCopied)
  return (
    <Button
      variant={isPrimary ? 'filled' : 'default'}
      leftSection={copied ? <CheckIcon /> : <CopyIcon />}
      onClick={run}
      miw={104}
      aria-label={name}
    >
      <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
    </Button>
  )
}

export function CopyIconButton({ text, name }: { text: string; name: string }) {
  const [copied, run] = useCopied(text)
  return (
    <Tooltip label={copied ? 'Copied' : name}>
      <ActionIcon size="xs" aria-label={name} onClick={run}>
        {copied ? <CheckIcon size={12} /> : <CopyIcon size={12} />}
      </ActionIcon>
    </Tooltip>
  )
}
