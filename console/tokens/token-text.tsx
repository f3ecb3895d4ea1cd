/** Names and properties of tokens as text. */

import { Badge, Box, Group, Text, Tooltip } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { accessTokens } from '@mintmark/contract'
import { LinkIcon } from '@primer/octicons-react'
import { Time } from '../parts/time.tsx'
import { now } from '../world.ts'
import { TokenLink } from './token-link.tsx'

export type Token = Found<typeof accessTokens>

export const titleOf = ({ name }: Pick<Token, 'name'>): string => name || 'Unnamed token'

/** The name with the last six characters, such as "ci (…a1b2c3)". */
export const nameOf = (token: Pick<Token, 'name' | 'lastCharacters'>): string =>
  `${titleOf(token)} (…${token.lastCharacters ?? ''})`

export function LastSix({ of }: { of: string | undefined }) {
  return (
    <span className="mono nowrap">
      <span aria-hidden>…</span>
      {of}
    </span>
  )
}

export const rotateDisabledReason = ({ successorId }: Token) =>
  successorId ? 'This token was already rotated. Rotate its successor.' : null

interface LinkedToken {
  readonly id?: string | null | undefined
  readonly name?: string | null | undefined
  readonly lastCharacters?: string | undefined
}

/** The name, as a link to the page of the token, and the last six characters. */
export const LinkedToken = ({ id, name = null, lastCharacters }: LinkedToken) => (
  <span>
    <TokenLink id={id ?? ''}>{titleOf({ name })}</TokenLink> <LastSix of={lastCharacters} />
  </span>
)

const expiresSoonDays = 7
const dayMilliseconds = 86_400_000

type ExpiryState = 'expired' | 'soon' | 'fine' | 'endless'

function expiryStateOf(expiresAt: string | null | undefined): ExpiryState {
  if (!expiresAt) return 'endless'
  const left = Date.parse(expiresAt) - now().getTime()
  if (left <= 0) return 'expired'
  return left < expiresSoonDays * dayMilliseconds ? 'soon' : 'fine'
}

export function Expiry({ at }: { at: string | null | undefined }) {
  const life = expiryStateOf(at)
  if (life === 'endless') return <span className="quiet">never</span>
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      {life === 'expired' && <Badge color="red">Expired</Badge>}
      <Box component="span" {...(life === 'soon' && { c: 'var(--warn)', fw: 600 })}>
        <Time at={at} />
      </Box>
    </Group>
  )
}

/** Name, note, and the predecessor or successor. */
export function TokenName({ token, line }: { token: Token; line: ReadonlyMap<string, Token> }) {
  const other = line.get(token.successorId ?? token.predecessorId ?? '')
  return (
    <Box>
      <Text fw={600} component="div">
        <TokenLink id={token.id}>{titleOf(token)}</TokenLink>
      </Text>
      {token.description && (
        <Text size="sm" c="dimmed" className="break">
          {token.description}
        </Text>
      )}
      {(token.predecessorId || token.successorId) && (
        <Tooltip label={`Token family ${token.family ?? ''}`}>
          <Text size="sm" c="dimmed" component="span" display="inline-flex" style={{ gap: 4, alignItems: 'center' }}>
            <LinkIcon size={12} />
            {token.successorId ? 'replaced by ' : 'replaces '}
            {other ? <LastSix of={other.lastCharacters} /> : token.successorId ? 'another token' : 'an inactive token'}
          </Text>
        </Tooltip>
      )}
      {(token.permissions || token.scopes) && (
        <Tooltip
          label={[token.permissions?.join(', '), token.scopes && `in ${token.scopes.join(', ')}`]
            .filter(Boolean)
            .join(' ')}
        >
          <Badge mt={4} color="gray">
            Limited
          </Badge>
        </Tooltip>
      )}
    </Box>
  )
}
