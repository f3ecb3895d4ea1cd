/** The layout of pages without navigation, such as sign-in and consent. */
import { Box, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

export function CenteredPage({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Mintmark`
  }, [title])
  return (
    <Box component="main" mih="100dvh" px={16} py={{ base: 32, sm: '14vh' }} bg="var(--ground)">
      <Stack gap={20} maw={400} mx="auto">
        <Stack gap={12} align="center">
          <Logo size={40} />
          <Title order={1} ta="center" tabIndex={-1}>
            {title}
          </Title>
          {about && (
            <Text c="dimmed" ta="center" component="div">
              {about}
            </Text>
          )}
        </Stack>
        <Paper withBorder radius={10} p={20}>
          {children}
        </Paper>
      </Stack>
    </Box>
  )
}

export function Logo({ size = 24 }: { size?: number }) {
  return <img src="/mark.svg" alt="" width={size} height={size} style={{ display: 'block' }} />
}
