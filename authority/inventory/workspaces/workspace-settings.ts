/** Workspace settings that Mintmark stores without using them, and their defaults. */
import { type InputOf, workspaces } from '@mintmark/contract'
import { Refusal } from '../../context.ts'
import type { RecordOf } from '../../database/views/record-of.ts'

export type WorkspaceInput = InputOf<typeof workspaces>

/** The settings as stored, in one JSON column. */
export type WorkspaceSettings = Pick<
  RecordOf<typeof workspaces>,
  | 'autoApply'
  | 'autoDestroyDays'
  | 'autoQueueRuns'
  | 'deletionProtectionEnabled'
  | 'environmentType'
  | 'executionMode'
  | 'operations'
  | 'forceLatestRun'
  | 'hooks'
  | 'iacPlatform'
  | 'terraformVersion'
  | 'terragrunt'
  | 'vcsRepo'
  | 'varFiles'
  | 'workingDirectory'
  | 'remoteBackend'
  | 'remoteStateSharing'
  | 'runOperationTimeout'
>

const notSettings = new Set(['name'])
const defaultTerraformVersion = '1.5.7'

const settingNames = Object.entries(workspaces.attributes)
  .filter(([name, { writable }]) => writable !== 'never' && !notSettings.has(name))
  .map(([name]) => name)

export function newSettings(input: WorkspaceInput, environmentRemoteBackend: boolean): Record<string, unknown> {
  const executionMode = executionModeAfter('remote', input)
  return {
    autoDestroyDays: null,
    hooks: null,
    terragrunt: null,
    vcsRepo: null,
    varFiles: null,
    workingDirectory: null,
    runOperationTimeout: null,
    terraformVersion: defaultTerraformVersion,
    remoteBackend: environmentRemoteBackend,
    ...sentSettings(input),
    executionMode,
    operations: executionMode === 'remote',
  }
}

export function changedSettings(before: WorkspaceSettings, input: WorkspaceInput): Record<string, unknown> {
  const executionMode = executionModeAfter(before.executionMode, input)
  return { ...before, ...sentSettings(input), executionMode, operations: executionMode === 'remote' }
}

/** `operations` is the older form of `execution-mode`, and both always agree. If they contradict each other, the one that changes wins. */
function executionModeAfter(before: unknown, { executionMode, operations }: WorkspaceInput): unknown {
  const older = operations === undefined ? undefined : operations ? 'remote' : 'local'
  return [executionMode, older].find((mode) => mode !== undefined && mode !== before) ?? before
}

/** Branch and version constraint are mutually exclusive (attributes.tsv, vcs-repo). */
export function refuseContradictions({ vcsRepo }: WorkspaceInput): void {
  const { branch, 'version-constraint': constraint } = (vcsRepo ?? {}) as Record<string, unknown>
  if (branch && constraint) {
    throw new Refusal('invalid-attribute', {
      detail: 'Expected a branch or a version constraint, not both.',
      at: '/data/attributes/vcs-repo/version-constraint',
    })
  }
}

function sentSettings(input: WorkspaceInput): Record<string, unknown> {
  const given = input as Record<string, unknown>
  return Object.fromEntries(settingNames.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])))
}
