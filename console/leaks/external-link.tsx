import { Anchor } from '@mantine/core'
import { LinkExternalIcon } from '@primer/octicons-react'

/** A link that opens in a new tab. */
export const ExternalLink = ({ href, children }: { href: string; children: string }) => (
  <Anchor href={href} target="_blank" rel="noreferrer">
    {children} <LinkExternalIcon size={12} aria-label="opens in a new tab" />
  </Anchor>
)
