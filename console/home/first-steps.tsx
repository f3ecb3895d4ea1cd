/** Where to begin, as long as no program has an identity of its own. */
import { Button, Group, Text, Title } from '@mantine/core'
import { RocketIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { useAccount } from '../session/account.ts'

export function FirstSteps() {
  const account = useAccount()
  const steps = [
    {
      name: 'A token for yourself',
      about: 'For your own scripts and tools. It acts as you, and can be narrowed.',
      to: '/profile',
      act: 'Generate',
    },
    {
      name: 'A service account',
      about: 'For a job or an integration: its own access, its own tokens, no person behind it.',
      to: `/${account.id}/iam/service-accounts/new`,
      act: 'Create',
    },
    {
      name: 'A watch for leaks',
      about: 'One pattern, and GitHub finds every token of yours that gets into a repository.',
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
          Begin here
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
