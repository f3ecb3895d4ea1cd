/** Says whether the pattern finds what one pastes. The text never leaves this page, and goes with it. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { AlertIcon, CheckCircleIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { counted } from '../parts/time.tsx'
import { checkText, type Found } from './check-text.ts'
import type { Patterns } from './patterns.ts'

export function LiveCheck({ patterns, form }: { patterns: Patterns; form: 'common' | 'strict' }) {
  const [text, setText] = useState('')
  return (
    <Stack gap={12}>
      <Textarea
        label="Text to check"
        description="It is looked at in this page alone: nothing is sent, and nothing is kept."
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
        <Told of={checkText(patterns, form, text)} patterns={patterns} />
      </div>
    </Stack>
  )
}

function Told({ of, patterns }: { of: Found; patterns: Patterns }) {
  if (of.is === 'empty') return <Text c="dimmed">Paste something, and the answer stands here.</Text>
  if (of.is === 'found')
    return (
      <Alert color="mint" variant="light" icon={<CheckCircleIcon />} title="The pattern finds it">
        {counted(of.times, 'match', 'matches')}. If this is a real token, it should end: where it was pasted from is a
        place it should not be.
      </Alert>
    )
  return (
    <Alert color="yellow" variant="light" icon={<AlertIcon />} title="The pattern does not find it">
      {of.part === 'header' && (
        <>
          The header is missing. Every token begins with <Code>{patterns.headerLiteral}</Code>
        </>
      )}
      {of.part === 'mark' && (
        <>
          The header is there, but no mint mark of this installation follows: after the first dot a token of yours goes
          on with <Code>{patterns.literal}</Code> This is a token of somebody else, or the second part was cut off.
        </>
      )}
      {of.part === 'signature' &&
        'Header and mint mark are there, but no second dot with a signature after it: the end was cut off.'}
      {of.part === 'length' &&
        'It has the shape, but not the length of a token. The strict form leaves such out; the common form finds it.'}
      {of.part === 'before' && 'A letter or a digit stands right before it, and GitHub wants something else there.'}
      {of.part === 'after' && 'A letter or a digit stands right after it, and GitHub wants something else there.'}
    </Alert>
  )
}

const Code = ({ children }: { children: string }) => <span className="mono break">{children}</span>
