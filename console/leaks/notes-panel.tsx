/** The notes of a leak report. */
import { Group, Stack, Text, Textarea } from '@mantine/core'
import { auditEvents, leakReportNotes, leakReports, limits } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { Panel } from '../parts/page.tsx'
import { ErrorAlert, Loaded } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useUnsavedChangesPrompt } from '../parts/unsaved-changes.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, pageQuery } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'

/** The owner of a token can see its reports, but not their notes. */
export function NotesPanel({ reportId }: { reportId: string }) {
  const account = useAccount()
  const isDenied = useDenialReason()('leak-reports:read', { account: account.id }) !== null
  const query = useQuery({
    ...pageQuery(leakReportNotes, 'list', {
      filters: { leakReport: reportId },
      sort: ['createdAt'],
      page: { number: 1, size: limits.leakNotesPerReport },
    }),
    enabled: !isDenied,
  })
  if (isDenied) return null
  return (
    <Panel title="Notes">
      <Stack gap={16}>
        <Loaded of={query}>
          {({ records }) =>
            records.length === 0 ? (
              <Text c="dimmed">No notes.</Text>
            ) : (
              records.map(({ id, text, createdAt, authorType, authorId, authorEmail }) => (
                <div key={id}>
                  <Text size="sm" c="dimmed">
                    <OwnerLink type={authorType} id={authorId} email={authorEmail} />, <Time at={createdAt} />
                  </Text>
                  <Text className="break" style={{ whiteSpace: 'pre-wrap' }}>
                    {text}
                  </Text>
                </div>
              ))
            )
          }
        </Loaded>
        <NoteForm reportId={reportId} />
      </Stack>
    </Panel>
  )
}

function NoteForm({ reportId }: { reportId: string }) {
  const account = useAccount()
  const disabledReason = useDenialReason()('leak-reports:update', { account: account.id })
  const [text, setText] = useState('')
  const save = useSave()
  const isBlank = text.trim() === ''
  useUnsavedChangesPrompt(!isBlank)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isBlank || disabledReason) return
    await save.run(async () => {
      await call(leakReports, 'addNote', { path: { leakReport: reportId }, input: { text } })
      setText('')
      await invalidate(leakReportNotes, leakReports, auditEvents)
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={10}>
        <Textarea
          label="New note"
          description="Notes cannot be edited or deleted. Do not enter tokens or passwords."
          maxLength={limits.leakNoteCharacters}
          autosize
          minRows={2}
          maxRows={10}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={save.errorAt('/text')}
          disabled={disabledReason !== null}
        />
        <ErrorAlert text={save.otherErrors()} />
        <Group>
          <ActionButton type="submit" loading={save.busy} disabled={isBlank} disabledReason={disabledReason}>
            Add note
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
