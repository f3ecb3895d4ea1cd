/** Tests the pattern with pasted text. The text never leaves this page and is not stored. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { AlertIcon, CheckCircleIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { formatCount } from '../parts/time.tsx'
import { checkText, type TextCheck } from './check-text.ts'
import type { Patterns } from './patterns.ts'

export function PatternTester({ patterns, form }: { patterns: Patterns; form: 'common' | 'strict' }) {
  const [text, setText] = useState('')
  return (
    <Stack gap={12}>
      <Textarea
        label="Text to check"
        description="Checked in your browser only. Nothing is sent or stored."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        autosize
        minRows={3}
        maxRows={10}
        classNames={{ input: 'mono' }}
      />
      <Group gap={8}>
        <Button variant="default" onClick={() => setText(patterns.testString)}>
          Use the test string
        </Button>
        <Button variant="default" onClick={() => setText('')} disabled={text === ''}>
          Clear
        </Button>
      </Group>
      <div aria-live="polite">
        <CheckResult of={checkText(patterns, form, text)} patterns={patterns} />
      </div>
    </Stack>
  )
}

function CheckResult({ of, patterns }: { of: TextCheck; patterns: Patterns }) {
  if (of.is === 'empty') return <Text c="dimmed">Paste text to check it.</Text>
  if (of.is === 'found')
    return (
      <Alert color="mint" variant="light" icon={<CheckCircleIcon />} title="Token found">
        {formatCount(of.times, 'match', 'matches')}. If it is a real token, revoke it: it has been exposed where you
        copied it from.
      </Alert>
    )
  return (
    <Alert color="yellow" variant="light" icon={<AlertIcon />} title="No token found">
      {of.part === 'header' && (
        <>
          The header is missing. Every token starts with <Code>{patterns.headerLiteral}</Code>
        </>
      )}
      {of.part === 'mark' && (
        <>
          The header is not followed by the mint mark of this installation. After the first dot, your tokens continue
          with <Code>{patterns.literal}</Code>. The text is a token of another issuer, or it is truncated.
        </>
      )}
      {of.part === 'signature' &&
        'The header and the mint mark are present, but the signature after the second dot is missing. The token is truncated.'}
      {of.part === 'length' &&
        'The text has the shape of a token but not its length. The standard pattern matches it; the strict pattern does not.'}
      {of.part === 'before' && 'A letter or digit directly before the token prevents a match on GitHub.'}
      {of.part === 'after' && 'A letter or digit directly after the token prevents a match on GitHub.'}
    </Alert>
  )
}

const Code = ({ children }: { children: string }) => <span className="mono break">{children}</span>
