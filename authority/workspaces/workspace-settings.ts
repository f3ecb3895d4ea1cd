/** The settings an authority only keeps: which they are, and what they are when nobody says. */
import { type Wish, workspaces } from '@mintmark/contract'
import { Refusal } from '../context.ts'

export type WorkspaceWish = Wish<typeof workspaces>

const notSettings = new Set(['name'])
const defaultTerraformVersion = '1.5.7'

const settingNames = Object.entries(workspaces.attributes)
  .filter(([name, { writable }]) => writable !== 'never' && !notSettings.has(name))
  .map(([name]) => name)

/** `operations` is the older form of `execution-mode`: the two always agree. */
export function newSettings(wish: WorkspaceWish, environmentRemoteBackend: boolean): Record<string, unknown> {
  const executionMode = wish.executionMode ?? (wish.operations === false ? 'local' : 'remote')
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
    ...sent(wish),
    executionMode,
    operations: executionMode === 'remote',
  }
}

export function changedSettings(before: Record<string, unknown>, wish: WorkspaceWish): Record<string, unknown> {
  const mode =
    wish.executionMode ?? (wish.operations === undefined ? before.executionMode : wish.operations ? 'remote' : 'local')
  return { ...before, ...sent(wish), executionMode: mode, operations: mode === 'remote' }
}

/** Branch and version constraint exclude each other (attributes.tsv, vcs-repo). */
export function refuseContradictions({ vcsRepo, executionMode, operations }: WorkspaceWish): void {
  const { branch, 'version-constraint': constraint } = (vcsRepo ?? {}) as Record<string, unknown>
  if (branch && constraint) {
    throw new Refusal('invalid-attribute', {
      detail: 'Expected a branch or a version constraint, not both.',
      at: '/data/attributes/vcs-repo/version-constraint',
    })
  }
  if (executionMode !== undefined && operations !== undefined && (executionMode === 'remote') !== operations) {
    throw new Refusal('invalid-attribute', {
      detail: 'Expected operations to agree with execution-mode.',
      at: '/data/attributes/operations',
    })
  }
}

function sent(wish: WorkspaceWish): Record<string, unknown> {
  const given = wish as Record<string, unknown>
  return Object.fromEntries(settingNames.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])))
}
