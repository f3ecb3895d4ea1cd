/** Assigns, resolves and reopens a leak report. */
import { Button, Group, Select, Stack } from '@mantine/core'
import { auditEvents, leakReports, users } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { Panel } from '../parts/page.tsx'
import { RecordSelect } from '../parts/record-select.tsx'
import { ErrorAlert } from '../parts/states.tsx'
import { showToast } from '../parts/toast.ts'
import { ReadOnlyNotice, useUnsavedChangesPrompt } from '../parts/unsaved-changes.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { type Leak, resolutionLabels } from './leak-text.tsx'
import { NotesPanel } from './notes-panel.tsx'

type Resolution = keyof typeof resolutionLabels

const options = [
  { value: 'open', label: 'Open' },
  ...Object.entries(resolutionLabels).map(([value, label]) => ({ value, label: `Resolved: ${label}` })),
]

/** The form starts again with what is stored. */
export const TriagePanels = ({ of }: { of: Leak }) => (
  <>
    <TriagePanel key={`${of.assigneeId} ${of.resolution}`} of={of} />
    <NotesPanel reportId={of.id} />
  </>
)

function TriagePanel({ of }: { of: Leak }) {
  const account = useAccount()
  const disabledReason = useDenialReason()('leak-reports:update', { account: account.id })
  const before = { assigneeId: of.assigneeId ?? null, resolution: of.resolution ?? null }
  const [assigneeId, setAssigneeId] = useState(before.assigneeId)
  const [resolution, setResolution] = useState<Resolution | null>(before.resolution)
  const save = useSave()
  const input = {
    ...(assigneeId === before.assigneeId ? {} : { assigneeId }),
    ...(resolution === before.resolution ? {} : { resolution }),
  }
  const isChanged = Object.keys(input).length > 0
  useUnsavedChangesPrompt(isChanged)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(async () => {
      await call(leakReports, 'update', { path: { leakReport: of.id }, input })
      showToast({ message: 'Saved the leak report.' })
      await invalidate(leakReports, auditEvents)
    })
  }
  return (
    <Panel title="Assignee and resolution">
      <form onSubmit={submit}>
        <Stack gap={14}>
          <ReadOnlyNotice reason={disabledReason} />
          <Select
            label="State"
            data={options}
            value={resolution ?? 'open'}
            onChange={(value) => setResolution(value === 'open' ? null : (value as Resolution))}
            allowDeselect={false}
            error={save.errorAt('/data/attributes/resolution')}
            disabled={disabledReason !== null}
          />
          <RecordSelect
            of={users}
            label="Assignee"
            placeholder="Unassigned"
            filters={{ account: account.id }}
            nameOf={({ email }) => email ?? ''}
            value={assigneeId}
            onChange={setAssigneeId}
            error={save.errorAt('/data/relationships/assignee')}
            disabled={disabledReason !== null}
          />
          <ErrorAlert text={save.otherErrors()} />
          {!disabledReason && (
            <Group>
              <Button type="submit" loading={save.busy} disabled={!isChanged}>
                Save
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
  )
}
