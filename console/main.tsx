/**
 * console: what people see of the authority in a browser. A thin client: it asks the API that everybody asks, decides
 * nothing by itself, and keeps nothing but the chosen colours and times and the last account. A secret it is shown lives in one
 * dialog until that is closed: never in the address, a store of the browser, the cache of queries or a log.
 */
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { fetched } from './parts/fetched.tsx'
import { queries } from './queries.ts'
import { router } from './router.tsx'
import { theme } from './theme.ts'

const Notifications = fetched(async () => (await import('@mantine/notifications')).Notifications)

const colors = localStorageColorSchemeManager({ key: 'mintmark-color-scheme' })

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colors} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        {/* Below the dialogs, whose buttons it would cover. */}
        <Notifications position="bottom-right" autoClose={6000} limit={3} zIndex={190} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
