import { createTheme, MantineThemeProvider } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useInterruption } from './interruptions.ts'

const steady = createTheme({ components: { Modal: { defaultProps: { closeOnEscape: false } } } })
const asUsual = createTheme({})

/** Around the pages: the key that closes the interruption must not close the form below it too. */
export function Interruptible({ children }: { children: ReactNode }) {
  const isOver = useInterruption().kind === 'none'
  const [isSteady, setSteady] = useState(false)
  useEffect(() => {
    if (!isOver) return setSteady(true)
    // The press that ended it is still on its way to the form.
    const timer = setTimeout(() => setSteady(false))
    return () => clearTimeout(timer)
  }, [isOver])
  return <MantineThemeProvider theme={isSteady ? steady : asUsual}>{children}</MantineThemeProvider>
}
