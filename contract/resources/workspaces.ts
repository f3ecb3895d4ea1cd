import { anyObject, choice, flag, integer, list, maybe, object, text, timestamp } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'
import { workspaceOperations } from './workspace-operations.ts'

const line = (about: string, max = 1024) => text({ about, max })
const script = (about: string) => maybe(text({ about, max: 65_536, lines: true }))

const vcsRepo = object(
  {
    identifier: text({ about: 'Identifier of the repository.', max: 512, required: true }),
    branch: maybe(line('Branch.')),
    versionConstraint: maybe(line('Version constraint.')),
    path: maybe(line('Folder in the repository.')),
    triggerPrefixes: maybe(list(line('A folder.'), { about: 'Folders whose changes trigger runs.' })),
    triggerPatterns: maybe(text({ about: 'Patterns of files whose changes trigger runs.', max: 4096, lines: true })),
    dryRunsEnabled: flag({ about: 'Whether pull requests trigger dry runs.' }),
    ingressSubmodules: flag({ about: 'Whether submodules are fetched.' }),
  },
  { about: 'Repository of the workspace.', writable: 'always' },
)

const terragrunt = object(
  {
    version: text({ about: 'Version of Terragrunt.', max: 64, required: true }),
    useRunAll: flag({ about: 'Whether to run all modules.' }),
    includeExternalDependencies: flag({ about: 'Whether to run external dependencies.' }),
  },
  { about: 'Terragrunt settings.', writable: 'always' },
)

const hooks = object(
  {
    preInit: script('Command before init.'),
    prePlan: script('Command before plan.'),
    postPlan: script('Command after plan.'),
    preApply: script('Command before apply.'),
    postApply: script('Command after apply.'),
  },
  { about: 'Commands to run before and after the phases of a run.', writable: 'always' },
)

const environmentTypes = ['production', 'staging', 'testing', 'development', 'unmapped'] as const

export const workspaces = resource({
  type: 'workspaces',
  className: 'Workspace',
  prefix: 'ws',
  about: 'The narrowest scope. Mintmark executes no runs; it stores the settings for Scalr clients.',
  attributes: {
    name: text({
      about: 'Name, unique in its environment.',
      writable: 'always',
      required: true,
      max: 90,
      pattern: { is: /^[A-Za-z0-9_-]+$/, detail: 'Expected letters, digits, dashes and underscores.' },
    }),
    autoApply: flag({ about: 'Whether plans are applied automatically.', writable: 'always', fallback: false }),
    autoDestroyDays: maybe(
      choice([1, 2, 7, 14], { about: 'Number of days after which resources are destroyed.', writable: 'always' }),
    ),
    autoDestroyStatus: maybe(text({ about: 'Status of the automatic destruction.' })),
    autoDestroyTime: maybe(timestamp({ about: 'Time of the automatic destruction.' })),
    autoQueueRuns: choice(['always', 'never', 'skip_first', 'on_create_only'], {
      about: 'When runs are queued automatically.',
      writable: 'always',
      fallback: 'skip_first',
    }),
    applySchedule: maybe(text({ about: 'Schedule of applies, as a cron expression in UTC.' })),
    destroySchedule: maybe(text({ about: 'Schedule of destroys, as a cron expression in UTC.' })),
    deletionProtectionEnabled: flag({
      about: 'Whether it cannot be deleted while it has state.',
      writable: 'always',
      fallback: true,
    }),
    deletionProtectionChangedByEmail: maybe(
      text({ about: 'Email address of the user who last changed the deletion protection.' }),
    ),
    environmentType: choice(environmentTypes, {
      about: 'Type of environment.',
      writable: 'always',
      fallback: 'unmapped',
    }),
    executionMode: choice(['remote', 'local'], { about: 'Where runs are executed.', writable: 'always' }),
    operations: flag({
      about: 'Whether the execution mode is remote. Superseded by execution-mode.',
      writable: 'always',
    }),
    forceLatestRun: flag({ about: 'Whether only the latest run is kept.', writable: 'always', fallback: false }),
    hasResources: flag({ about: 'Whether it has state.' }),
    hooks: maybe(hooks),
    iacPlatform: choice(['terraform', 'opentofu'], {
      about: 'Infrastructure-as-code tool.',
      writable: 'always',
      fallback: 'terraform',
    }),
    terraformVersion: text({
      about: 'Version of the tool.',
      writable: 'always',
      max: 32,
      pattern: { is: /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, detail: 'Expected a version such as 1.5.7.' },
    }),
    terragrunt: maybe(terragrunt),
    vcsRepo: maybe(vcsRepo),
    varFiles: maybe(list(line('A file.'), { about: 'Variable files.', writable: 'always' })),
    workingDirectory: maybe(text({ about: 'Working directory of commands.', writable: 'always', max: 1024 })),
    remoteBackend: flag({ about: 'Whether state is stored remotely.', writable: 'create' }),
    remoteStateSharing: flag({
      about: 'Whether all workspaces of the environment can read its state.',
      writable: 'always',
      fallback: false,
    }),
    runOperationTimeout: maybe(
      integer({ about: 'Timeout of operations in minutes.', writable: 'always', min: 1, max: 100_000 }),
    ),
    favorite: flag({ about: 'Whether it is a favorite of the caller.' }),
    locked: flag({ about: 'Whether it is locked.' }),
    lockReason: maybe(text({ about: 'Reason for the lock.' })),
    permissions: anyObject({ about: "The caller's permissions." }),
    createdAt: timestamp({ about: 'Time of creation.' }),
    updatedAt: maybe(timestamp({ about: 'Time of the last update.' })),
    updatedByEmail: maybe(text({ about: 'Email address of the user who last updated it.' })),
  },
  relations: {
    environment: one('environments', { about: 'The environment it belongs to.', writable: 'create', required: true }),
    agentPool: one('agent-pools', { about: 'Agent pool that executes its runs.', writable: 'always' }),
    createdBy: one('users', { about: 'The user who created it.' }),
    updatedBy: one('users', { about: 'The user who last updated it.' }),
    lockedBy: one('users', { about: 'The user who locked it.' }),
    tags: many('tags', { about: 'Tags.', writable: 'create' }),
    remoteStateConsumers: many('workspaces', { about: 'Workspaces that can read its state.', writeOnly: true }),
    configurationVersion: one('configuration-versions', { about: 'Always empty.', vacant: true }),
    currentRun: one('runs', { about: 'Always empty.', vacant: true }),
    driftReport: one('drift-reports', { about: 'Always empty.', vacant: true }),
    latestConfigurationVersion: one('configuration-versions', { about: 'Always empty.', vacant: true }),
    latestRun: one('runs', { about: 'Always empty.', vacant: true }),
    lockedByRun: one('runs', { about: 'Always empty.', vacant: true }),
    module: one('modules', { about: 'Always empty.', vacant: true }),
    moduleVersion: one('module-versions', { about: 'Always empty.', vacant: true, writable: 'always' }),
    readmeId: one('workspace-readme', { about: 'Always empty.', vacant: true }),
    sshKey: one('account-ssh-keys', { about: 'Always empty.', vacant: true }),
    vcsProvider: one('vcs-providers', { about: 'Always empty.', vacant: true, writable: 'always' }),
  },
  operations: workspaceOperations,
})
