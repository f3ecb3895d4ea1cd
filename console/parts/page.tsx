/** The page layout: title, description, actions and content. */
import { Anchor, Box, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useHeadingFocus } from './focus.ts'

interface Crumb {
  readonly to: string
  readonly label: string
}

interface Page {
  readonly title: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
  /** The parent list, or the pages above, from the top, for the breadcrumb. */
  readonly parent?: Crumb | readonly Crumb[]
  readonly badge?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, about, actions, parent, badge, children }: Page) {
  useEffect(() => {
    document.title = `${title} · Mintmark`
  }, [title])
  useHeadingFocus()
  return (
    <Stack gap={20} maw={1180} mx="auto" w="100%">
      <Box>
        {parent && <Breadcrumb of={[parent].flat()} />}
        <Group justify="space-between" align="flex-start" gap={12}>
          <Box style={{ minWidth: 0, flex: '1 1 300px' }}>
            <Group gap={10}>
              <Title order={1} className="break" tabIndex={-1}>
                {title}
              </Title>
              {badge}
            </Group>
            {about && (
              <Text c="dimmed" maw={720} mt={2} component="div">
                {about}
              </Text>
            )}
          </Box>
          {actions && <Group gap={8}>{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  )
}

const Breadcrumb = ({ of }: { of: readonly Crumb[] }) => (
  <Text component="nav" size="sm" mb={4} aria-label="Breadcrumb">
    {of.map(({ to, label }, at) => (
      <span key={to}>
        {at > 0 && (
          <span className="quiet" aria-hidden>
            {' / '}
          </span>
        )}
        <Anchor component={Link} to={to} size="sm">
          {label}
        </Anchor>
      </span>
    ))}
  </Text>
)

export function Panel({
  title,
  actions,
  children,
  flush,
}: {
  title: string
  actions?: ReactNode
  children: ReactNode
  flush?: boolean
}) {
  return (
    <section className="panel" aria-label={title}>
      <header>
        <Title order={2}>{title}</Title>
        {actions && <Group gap={8}>{actions}</Group>}
      </header>
      {flush ? children : <div className="inside">{children}</div>}
    </section>
  )
}

export function Facts({ of }: { of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
