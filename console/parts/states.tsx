/** What stands where content will be: loading, nothing, failure, no permission. */

import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { Refused, Unreachable } from '@mintmark/client'
import { AlertIcon, CloudOfflineIcon, LockIcon, SearchIcon } from '@primer/octicons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ComponentType, ReactNode } from 'react'
import { inWords } from './saving.ts'

export function Nothing({
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
      <Title order={3}>{title}</Title>
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

/** A failure in place of what could not be shown. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const retry = again && (
    <Button variant="default" mt={8} onClick={again}>
      Try again
    </Button>
  )
  if (error instanceof Refused && error.status === 403)
    return (
      <Nothing icon={LockIcon} title="You may not see this">
        {error.detail ?? 'Your access policies do not allow it.'} Ask an owner of the account for it.
      </Nothing>
    )
  if (error instanceof Refused && error.status === 404)
    return (
      <Nothing icon={SearchIcon} title="This does not exist">
        It was deleted, or you may not see it.
      </Nothing>
    )
  if (error instanceof Unreachable)
    return (
      <Nothing icon={CloudOfflineIcon} title="The server did not answer">
        <div>The network or Mintmark itself is down.</div>
        {retry}
      </Nothing>
    )
  return (
    <Nothing icon={AlertIcon} title="This could not be loaded">
      <div>{inWords(error)}</div>
      {retry}
    </Nothing>
  )
}

/** The one shape of a page's states: what has come is shown even while it is asked for anew. */
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
  if (of.isError) return <Failed error={of.error} again={() => void of.refetch()} />
  return <Loading {...(rows === undefined ? {} : { rows })} />
}

/** What a save was refused for and no field could show. */
export function Refusal({ text }: { text: string | null }) {
  if (!text) return null
  return (
    <Alert color="red" icon={<AlertIcon />} role="alert" variant="light">
      {text}
    </Alert>
  )
}
