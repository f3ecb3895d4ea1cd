/** A new token in the form in which programs expect it. The secret exists only in the state of the dialog that shows this. */
import { Group, Stack, Tabs, Text } from '@mantine/core'
import { CopyButton } from '../parts/copy.tsx'
import { snippetsOf } from './snippets.ts'

export function TokenSnippets({ secret, onCopied }: { secret: string; onCopied: () => void }) {
  const snippets = snippetsOf(secret, window.location.origin)
  return (
    <Tabs defaultValue={snippets[0]?.label ?? null} keepMounted={false} variant="pills" radius="sm">
      <Tabs.List aria-label="Use the token" mb={8}>
        {snippets.map(({ label }) => (
          <Tabs.Tab key={label} value={label} size="xs" px={8} py={4}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ label, about, text }) => (
        <Tabs.Panel key={label} value={label}>
          <Stack gap={8}>
            <Text size="sm" c="dimmed">
              {about}
            </Text>
            <output className="secret snippet" aria-label={`Snippet for ${label}`}>
              {text}
            </output>
            <Group gap={8}>
              <CopyButton text={text} name={`Copy the snippet for ${label}`} onCopied={onCopied} />
            </Group>
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
