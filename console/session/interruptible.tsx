import { createTheme, MantineThemeProvider } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useInterruption } from './interruptions.ts'

const steady = createTheme({ components: { Modal: { defaultProps: { closeOnEscape: false } } } })
const asUsual = createTheme({})

/** Wraps the pages: Escape must close the interruption only, not the dialog below it. */
export function Interruptible({ children }: { children: ReactNode }) {
  const isOver = useInterruption().kind === 'none'
  const [isSteady, setSteady] = useState(false)
  useEffect(() => {
    if (!isOver) return setSteady(true)
    // The key press that closed the interruption has not yet reached the dialog below.
    const timer = setTimeout(() => setSteady(false))
    return () => clearTimeout(timer)
  }, [isOver])
  return <MantineThemeProvider theme={isSteady ? steady : asUsual}>{children}</MantineThemeProvider>
}
