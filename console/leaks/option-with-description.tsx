import { Box, Text } from '@mantine/core'

/** A select option: a value of the API with its description. */
export function OptionWithDescription({ value, description }: { value: string; description: string | undefined }) {
  return (
    <Box>
      <Text className="mono">{value}</Text>
      <Text size="sm" c="dimmed">
        {description}
      </Text>
    </Box>
  )
}
