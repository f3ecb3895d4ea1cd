import { anyObject, choice, flag, integer, list, nullable, object, text, timestamp } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'
import { workspaceOperations } from './workspace-operations.ts'

const line = (about: string, max = 1024) => text({ about, max })
const script = (about: string) => nullable(text({ about, max: 65_536, lines: true }))

const vcsRepo = object(
  {
    identifier: text({ about: 'Identifier of the repository.', max: 512, required: true }),
    branch: nullable(line('Branch.')),
    versionConstraint: nullable(line('Version constraint.')),
    path: nullable(line('Folder in the repository.')),
    triggerPrefixes: nullable(list(line('A folder.'), { about: 'Folders whose changes trigger runs.' })),
    triggerPatterns: nullable(text({ about: 'Patterns of files whose changes trigger runs.', max: 4096, lines: true })),
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
    autoDestroyDays: nullable(
      choice([1, 2, 7, 14], { about: 'Number of days after which resources are destroyed.', writable: 'always' }),
    ),
    autoDestroyStatus: nullable(text({ about: 'Status of the automatic destruction.' })),
    autoDestroyTime: nullable(timestamp({ about: 'Time of the automatic destruction.' })),
    autoQueueRuns: choice(['always', 'never', 'skip_first', 'on_create_only'], {
      about: 'When runs are queued automatically.',
      writable: 'always',
      fallback: 'skip_first',
    }),
    applySchedule: nullable(text({ about: 'Schedule of applies, as a cron expression in UTC.' })),
    destroySchedule: nullable(text({ about: 'Schedule of destroys, as a cron expression in UTC.' })),
    deletionProtectionEnabled: flag({
      about: 'Whether it cannot be deleted while it has state.',
      writable: 'always',
      fallback: true,
    }),
    deletionProtectionChangedByEmail: nullable(
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
    hooks: nullable(hooks),
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
    terragrunt: nullable(terragrunt),
    vcsRepo: nullable(vcsRepo),
    varFiles: nullable(list(line('A file.'), { about: 'Variable files.', writable: 'always' })),
    workingDirectory: nullable(text({ about: 'Working directory of commands.', writable: 'always', max: 1024 })),
    remoteBackend: flag({ about: 'Whether state is stored remotely.', writable: 'create' }),
    remoteStateSharing: flag({
      about: 'Whether all workspaces of the environment can read its state.',
      writable: 'always',
      fallback: false,
    }),
    runOperationTimeout: nullable(
      integer({ about: 'Timeout of operations in minutes.', writable: 'always', min: 1, max: 100_000 }),
    ),
    favorite: flag({ about: 'Whether it is a favorite of the caller.' }),
    locked: flag({ about: 'Whether it is locked.' }),
    lockReason: nullable(text({ about: 'Reason for the lock.' })),
    permissions: anyObject({ about: "The caller's permissions." }),
    createdAt: timestamp({ about: 'Time of creation.' }),
    updatedAt: nullable(timestamp({ about: 'Time of the last update.' })),
    updatedByEmail: nullable(text({ about: 'Email address of the user who last updated it.' })),
  },
  relations: {
    environment: toOne('environments', { about: 'The environment it belongs to.', writable: 'create', required: true }),
    agentPool: toOne('agent-pools', { about: 'Agent pool that executes its runs.', writable: 'always' }),
    createdBy: toOne('users', { about: 'The user who created it.' }),
    updatedBy: toOne('users', { about: 'The user who last updated it.' }),
    lockedBy: toOne('users', { about: 'The user who locked it.' }),
    tags: toMany('tags', { about: 'Tags.', writable: 'create' }),
    remoteStateConsumers: toMany('workspaces', { about: 'Workspaces that can read its state.', writeOnly: true }),
    configurationVersion: toOne('configuration-versions', { about: 'Always empty.', alwaysEmpty: true }),
    currentRun: toOne('runs', { about: 'Always empty.', alwaysEmpty: true }),
    driftReport: toOne('drift-reports', { about: 'Always empty.', alwaysEmpty: true }),
    latestConfigurationVersion: toOne('configuration-versions', { about: 'Always empty.', alwaysEmpty: true }),
    latestRun: toOne('runs', { about: 'Always empty.', alwaysEmpty: true }),
    lockedByRun: toOne('runs', { about: 'Always empty.', alwaysEmpty: true }),
    module: toOne('modules', { about: 'Always empty.', alwaysEmpty: true }),
    moduleVersion: toOne('module-versions', { about: 'Always empty.', alwaysEmpty: true, writable: 'always' }),
    readmeId: toOne('workspace-readme', { about: 'Always empty.', alwaysEmpty: true }),
    sshKey: toOne('account-ssh-keys', { about: 'Always empty.', alwaysEmpty: true }),
    vcsProvider: toOne('vcs-providers', { about: 'Always empty.', alwaysEmpty: true, writable: 'always' }),
  },
  operations: workspaceOperations,
})
