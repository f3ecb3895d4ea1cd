/** Makes a token narrower than its owner, when somebody wants that: folded away until then. */
import { Button, Collapse, SegmentedControl, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { environments, workspaces } from '@mintmark/contract'
import { ChevronDownIcon, ChevronRightIcon } from '@primer/octicons-react'
import { PermissionPicker } from '../access/permission-picker.tsx'
import { RecordsSelect } from '../parts/record-select.tsx'
import { useAccount } from '../session/account.ts'

export interface Narrowing {
  readonly what: 'all' | 'reading' | 'chosen'
  readonly permissions: ReadonlySet<string>
  readonly environments: readonly string[]
  readonly workspaces: readonly string[]
}

export const notNarrowed: Narrowing = { what: 'all', permissions: new Set(), environments: [], workspaces: [] }

/** As the API takes it: null where nothing is taken away. */
export function narrowingInput({ what, permissions, environments, workspaces }: Narrowing) {
  const scopes = [...environments, ...workspaces]
  return {
    permissions: what === 'all' ? null : what === 'reading' ? ['*:read'] : [...permissions],
    scopes: scopes.length > 0 ? scopes : null,
  }
}

/** Nobody means a token that may do nothing. */
export const isNarrowingWhole = ({ what, permissions }: Narrowing): boolean => what !== 'chosen' || permissions.size > 0

const kinds = [
  { value: 'all', label: 'Everything' },
  { value: 'reading', label: 'Only read' },
  { value: 'chosen', label: 'Choose' },
]

interface NarrowingChoice {
  readonly value: Narrowing
  readonly onChange: (narrowing: Narrowing) => void
  /** Whom the token acts as: "you", or its name. */
  readonly owner: string
  readonly errors: { readonly permissions: string | undefined; readonly scopes: string | undefined }
}

export function NarrowingChoice({ value, onChange, owner, errors }: NarrowingChoice) {
  const account = useAccount()
  const [isOpen, { toggle }] = useDisclosure(false)
  const may = owner === 'you' ? 'you may' : `${owner} may`
  return (
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
        Narrow what it may do
      </Button>
      <Collapse expanded={isOpen}>
        <Stack gap={14} pt={8}>
          <Stack gap={4}>
            <Text size="sm" fw={600} id="narrowing-label">
              It may do
            </Text>
            <SegmentedControl
              aria-labelledby="narrowing-label"
              data={kinds}
              value={value.what}
              onChange={(what) => onChange({ ...value, what: what as Narrowing['what'] })}
              size="sm"
              style={{ alignSelf: 'flex-start' }}
            />
            <Text size="sm" c="dimmed">
              {about(value.what, may)}
            </Text>
          </Stack>
          {value.what === 'chosen' && (
            <div className="scrolling">
              <PermissionPicker
                value={value.permissions}
                onChange={(permissions) => onChange({ ...value, permissions })}
                error={errors.permissions}
              />
            </div>
          )}
          <RecordsSelect
            of={environments}
            label="In these environments"
            description="And all of their workspaces."
            placeholder={`Wherever ${may}`}
            filters={{ account: account.id }}
            nameOf={({ name }) => name ?? ''}
            value={value.environments}
            onChange={(environments) => onChange({ ...value, environments })}
            error={errors.scopes}
          />
          <RecordsSelect
            of={workspaces}
            within={{ of: environments, idOf: ({ environmentId }) => environmentId }}
            label="In these workspaces"
            placeholder={value.environments.length > 0 ? 'No others' : `Wherever ${may}`}
            filters={{ account: account.id }}
            nameOf={({ name }) => name ?? ''}
            value={value.workspaces}
            onChange={(workspaces) => onChange({ ...value, workspaces })}
          />
        </Stack>
      </Collapse>
    </div>
  )
}

const about = (what: Narrowing['what'], may: string) =>
  ({
    all: `All that ${may}, now and later.`,
    reading: `Only look at what ${may} look at.`,
    chosen: `Of what ${may}, only what is chosen here. It can never do more than its owner.`,
  })[what]
