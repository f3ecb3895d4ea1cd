/** Placeholders for content: loading, empty, error and missing permission. */

import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core'
import { Refused, Unreachable } from '@mintmark/client'
import { AlertIcon, CloudOfflineIcon, LockIcon, SearchIcon } from '@primer/octicons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ComponentType, ReactNode } from 'react'
import { errorMessage } from './use-save.ts'

export function EmptyState({
  icon: Icon,
  title,
  children,
}: {
  icon?: ComponentType<{ size?: number }>
  title: string
  children?: ReactNode
}) {
  return (
    <Stack align="center" gap={6} py={40} px="md" ta="center">
      {Icon && (
        <span className="quiet">
          <Icon size={24} />
        </span>
      )}
      <Text fw={600} c="var(--strong)">
        {title}
      </Text>
      {children && (
        <Text c="dimmed" maw={460} component="div">
          {children}
        </Text>
      )}
    </Stack>
  )
}

const widths = [92, 78, 64, 90, 76, 62]

export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <Stack gap={12} p={14} role="status" aria-label="Loading">
      {widths.slice(0, rows).map((width) => (
        <Skeleton key={width} height={18} radius="sm" width={`${width}%`} />
      ))}
    </Stack>
  )
}

export const NoAccess = ({ reason }: { reason: string }) => (
  <EmptyState icon={LockIcon} title="You don't have access">
    {reason} Ask an account owner for access.
  </EmptyState>
)

/** An error in place of content that could not be loaded. */
export function ErrorState({ error, again }: { error: unknown; again?: () => void }) {
  const retry = again && (
    <Button variant="default" mt={8} onClick={again}>
      Try again
    </Button>
  )
  if (error instanceof Refused && error.status === 403)
    return <NoAccess reason={error.detail ?? 'Your access policies do not allow this.'} />
  if (error instanceof Refused && error.status === 404)
    return (
      <EmptyState icon={SearchIcon} title="Not found">
        It was deleted, or you don't have access to it.
      </EmptyState>
    )
  if (error instanceof Unreachable)
    return (
      <EmptyState icon={CloudOfflineIcon} title="The server did not respond">
        <div>Check your network connection and try again.</div>
        {retry}
      </EmptyState>
    )
  return (
    <EmptyState icon={AlertIcon} title="Failed to load">
      <div>{errorMessage(error)}</div>
      {retry}
    </EmptyState>
  )
}

/** Renders the state of a query. Loaded data stays visible while it is refetched. */
export function Loaded<T>({
  of,
  rows,
  children,
}: {
  of: UseQueryResult<T>
  rows?: number
  children: (data: T) => ReactNode
}) {
  if (of.data !== undefined) return children(of.data)
  if (of.isError) return <ErrorState error={of.error} again={() => void of.refetch()} />
  return <Loading {...(rows === undefined ? {} : { rows })} />
}

/** An error that belongs to no field. */
export function ErrorAlert({ text }: { text: string | null }) {
  if (!text) return null
  return (
    <Alert color="red" icon={<AlertIcon />} role="alert" variant="light">
      {text}
    </Alert>
  )
}
