/** A leaked token: where it was found, what was done with it since, and how much of what hangs together is ended. */
import { Anchor, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Found } from '@mintmark/client'
import { accessTokens, auditEvents, leakReports } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Facts } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { Loaded, Refusal } from '../parts/states.tsx'
import { counted, Time } from '../parts/time.tsx'
import { oneOf, refresh } from '../queries.ts'
import { call } from '../server.ts'
import { LastSix } from '../tokens/token-words.tsx'
import type { Concern } from './concern-words.tsx'

type Report = Found<typeof leakReports>

export function ContainLeak({ concern, onClose }: { concern: Concern | null; onClose: () => void }) {
  return (
    <Modal opened={concern !== null} onClose={onClose} title="Contain a leaked token" centered>
      {concern && <Shown id={concern.subjectId ?? ''} onClose={onClose} />}
    </Modal>
  )
}

function Shown({ id, onClose }: { id: string; onClose: () => void }) {
  const report = useQuery(oneOf(leakReports, 'show', { path: { leakReport: id } }))
  return <Loaded of={report}>{(of) => <Wish of={of} onClose={onClose} />}</Loaded>
}

const extents = [
  { what: 'token', label: 'This token', about: 'It is refused from the next request on.' },
  { what: 'family', label: 'Its whole line of rotations', about: 'Also what it replaced and what replaced it.' },
  { what: 'owner', label: 'All tokens of its owner', about: 'When the place it was taken from may hold others.' },
  {
    what: 'network',
    label: 'All that was used from the same new networks',
    about: 'Tokens of this owner that a stranger seems to hold as well.',
  },
] as const

function Wish({ of, onClose }: { of: Report; onClose: () => void }) {
  const [what, setWhat] = useState<(typeof extents)[number]['what']>('token')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const asked = { path: { leakReport: of.id }, wish: { what } }
    if (!(await save.run(async () => ({ done: await call(leakReports, 'contain', asked) })))) return
    notifications.show({ message: 'Contained. What was ended is refused from now on.' })
    await refresh(leakReports, accessTokens, auditEvents)
    onClose()
  }
  const strangers = (of.usesSince ?? []).filter((use) => use.isNew)
  return (
    <form onSubmit={submit}>
      <Stack gap={16}>
        <Facts
          of={[
            [
              'Token',
              <span key="token">
                {of.tokenName || 'Unnamed token'} <LastSix of={of.tokenLastCharacters} />
              </span>,
            ],
            ['Owner', of.ownerEmail ?? ''],
            ['Found', <Place key="place" of={of} />],
            [
              'First reported',
              <span key="first">
                <Time at={of.firstSeenAt} /> by {of.source}
              </span>,
            ],
            [
              'Used since',
              strangers.length > 0 ? (
                <Text key="used" c="red" component="span">
                  from {counted(strangers.length, 'network')} it was never used from before
                </Text>
              ) : (
                'not from anywhere new'
              ),
            ],
          ]}
        />
        <Radio.Group label="What to end" value={what} onChange={(value) => setWhat(value as typeof what)}>
          <Stack gap={10} mt={8}>
            {extents.map((each) => (
              <Radio key={each.what} size="xs" value={each.what} label={each.label} description={each.about} />
            ))}
          </Stack>
        </Radio.Group>
        <Refusal text={save.rest()} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button type="submit" color="red" loading={save.busy}>
            End now
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Only web addresses become links: whoever reports a leak writes this. */
function Place({ of: { repository, path, line, url, placeKind } }: { of: Report }) {
  const where = [repository, path && `${path}${line ? `, line ${line}` : ''}`].filter(Boolean).join(': ')
  const isWeb = URL.parse(url ?? '')?.protocol === 'https:'
  return (
    <span className="break">
      {isWeb ? (
        <Anchor href={url ?? ''} target="_blank" rel="noreferrer noopener">
          {where || url}
        </Anchor>
      ) : (
        where || url || 'at a place the report does not name'
      )}
      {placeKind === 'public' && ', where anybody can look'}
    </span>
  )
}
