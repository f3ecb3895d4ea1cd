/** First steps, shown while the account has no service account. */
import { Button, Group, Text, Title } from '@mantine/core'
import { RocketIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { useAccount } from '../session/account.ts'

export function FirstSteps() {
  const account = useAccount()
  const steps = [
    {
      name: 'Personal access token',
      about: 'For your own scripts and tools. It acts as you, and you can limit its permissions.',
      to: '/profile',
      act: 'Create',
    },
    {
      name: 'Service account',
      about: 'An identity for a job or an integration, with its own access and tokens.',
      to: `/${account.id}/iam/service-accounts/new`,
      act: 'Create',
    },
    {
      name: 'Leak detection',
      about: 'Add a pattern to GitHub secret scanning to find tokens that get into a repository.',
      to: `/${account.id}/github-secret-scanning`,
      act: 'Set up',
    },
  ]
  return (
    <section className="finding-group" aria-labelledby="first-steps">
      <Group gap={8} wrap="nowrap" align="flex-start">
        <span className="finding-icon gray">
          <RocketIcon size={16} />
        </span>
        <Title order={3} id="first-steps">
          Get started
        </Title>
      </Group>
      <ul className="findings">
        {steps.map(({ name, about, to, act }) => (
          <li key={to}>
            <div style={{ minWidth: 0 }}>
              <Text fw={600} component="div">
                {name}
              </Text>
              <Text size="sm" c="dimmed" component="div">
                {about}
              </Text>
            </div>
            <Button component={Link} to={to} variant="default" flex="none" aria-label={`${act}: ${name}`}>
              {act}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
