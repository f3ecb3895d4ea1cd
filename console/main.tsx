/**
 * console: the web interface. A thin client of the public API: it makes no authorization decisions, and stores only the
 * theme, the time format and the last account. A secret exists only in the state of the dialog that shows it: never in the
 * URL, browser storage, the query cache or a log.
 */
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { lazyComponent } from './parts/lazy-component.tsx'
import { queries } from './queries.ts'
import { router } from './router.tsx'
import { theme } from './theme.ts'

const Notifications = lazyComponent(async () => (await import('@mantine/notifications')).Notifications)

const colors = localStorageColorSchemeManager({ key: 'mintmark-color-scheme' })

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colors} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        {/* Below dialogs, so that toasts do not cover their buttons. */}
        <Notifications position="bottom-right" autoClose={6000} limit={3} zIndex={190} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
