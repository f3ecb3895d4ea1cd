/** The permissions and scopes of a new token. Scopes are collapsed by default. */
import { Alert, Button, Collapse, SegmentedControl, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { environments, workspaces } from '@mintmark/contract'
import { AlertIcon, ChevronDownIcon, ChevronRightIcon } from '@primer/octicons-react'
import { PermissionPicker } from '../access/permission-picker.tsx'
import { RecordMultiSelect } from '../parts/record-select.tsx'
import { useAccount } from '../session/account.ts'

export interface Narrowing {
  readonly what: 'all' | 'reading' | 'chosen'
  readonly permissions: ReadonlySet<string>
  readonly environments: readonly string[]
  readonly workspaces: readonly string[]
}

export const noNarrowing: Narrowing = { what: 'all', permissions: new Set(), environments: [], workspaces: [] }

export const readOnly: Narrowing = { ...noNarrowing, what: 'reading' }

/** Returns the input of the API: null means not limited. */
export function narrowingInput({ what, permissions, environments, workspaces }: Narrowing) {
  const scopes = [...environments, ...workspaces]
  return {
    permissions: what === 'all' ? null : what === 'reading' ? ['*:read'] : [...permissions],
    scopes: scopes.length > 0 ? scopes : null,
  }
}

/** A token without any permission is not allowed. */
export const isNarrowingComplete = ({ what, permissions }: Narrowing): boolean =>
  what !== 'chosen' || permissions.size > 0

const kinds = [
  { value: 'reading', label: 'Read-only' },
  { value: 'chosen', label: 'Custom' },
  { value: 'all', label: 'Everything' },
]

interface NarrowingChoice {
  readonly value: Narrowing
  readonly onChange: (narrowing: Narrowing) => void
  /** The owner of the token: "you", or the name of the service account. */
  readonly owner: string
  readonly errors: { readonly permissions: string | undefined; readonly scopes: string | undefined }
}

export function NarrowingChoice({ value, onChange, owner, errors }: NarrowingChoice) {
  const account = useAccount()
  const [isOpen, { toggle }] = useDisclosure(false)

  return (
    <Stack gap={14}>
      <PermissionsChoice what={value.what} onChange={(what) => onChange({ ...value, what })} owner={owner} />
      {value.what === 'chosen' && (
        <PermissionPicker
          value={value.permissions}
          onChange={(permissions) => onChange({ ...value, permissions })}
          error={errors.permissions}
        />
      )}
      <div>
        <Button
          variant="subtle"
          color="gray"
          px={6}
          ml={-6}
          onClick={toggle}
          aria-expanded={isOpen}
          leftSection={isOpen ? <ChevronDownIcon /> : <ChevronRightIcon />}
        >
          Limit to environments or workspaces
        </Button>
        <Collapse expanded={isOpen}>
          <Stack gap={14} pt={8}>
            <RecordMultiSelect
              of={environments}
              label="Environments"
              description="Includes all of their workspaces."
              placeholder={`All that ${owner} can access`}
              filters={{ account: account.id }}
              nameOf={({ name }) => name ?? ''}
              value={value.environments}
              onChange={(environments) => onChange({ ...value, environments })}
              error={errors.scopes}
            />
            <RecordMultiSelect
              of={workspaces}
              within={{ of: environments, idOf: ({ environmentId }) => environmentId }}
              label="Workspaces"
              placeholder={value.environments.length > 0 ? 'No additional workspaces' : `All that ${owner} can access`}
              filters={{ account: account.id }}
              nameOf={({ name }) => name ?? ''}
              value={value.workspaces}
              onChange={(workspaces) => onChange({ ...value, workspaces })}
            />
          </Stack>
        </Collapse>
      </div>
    </Stack>
  )
}

interface PermissionsChoice {
  readonly what: Narrowing['what']
  readonly onChange: (what: Narrowing['what']) => void
  readonly owner: string
}

function PermissionsChoice({ what, onChange, owner }: PermissionsChoice) {
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} id="narrowing-label">
        Permissions
      </Text>
      <SegmentedControl
        aria-labelledby="narrowing-label"
        data={kinds}
        value={what}
        onChange={(next) => onChange(next as Narrowing['what'])}
        size="sm"
        style={{ alignSelf: 'flex-start' }}
      />
      {what === 'all' ? (
        <Alert color="yellow" variant="light" p={10} icon={<AlertIcon />}>
          {describeNarrowing('all', owner)}
        </Alert>
      ) : (
        <Text size="sm" c="dimmed">
          {describeNarrowing(what, owner)}
        </Text>
      )}
    </Stack>
  )
}

const describeNarrowing = (what: Narrowing['what'], owner: string) =>
  ({
    all: `This token can do everything that ${owner} can do, now and in the future.`,
    reading: `Read access to everything that ${owner} can read.`,
    chosen: `Only the selected permissions, and never more than ${owner} can do.`,
  })[what]
