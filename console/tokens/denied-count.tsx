/** The number of requests that were denied. */
import { Text } from '@mantine/core'

export const DeniedCount = ({ of }: { of: number }) => (
  <Text component="span" {...(of > 0 && { c: 'var(--warn)', fw: 600 })}>
    {of.toLocaleString('en')}
  </Text>
)
