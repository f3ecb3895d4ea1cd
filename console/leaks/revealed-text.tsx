import { Box, Text } from '@mantine/core'

/** A word that the API knows, offered with what it means. */
export function KnownWord({ word, about }: { word: string; about: string | undefined }) {
  return (
    <Box>
      <Text className="mono">{word}</Text>
      <Text size="sm" c="dimmed">
        {about}
      </Text>
    </Box>
  )
}
