import { anyObject, choice, flag, integer, list, maybe, object, text, timestamp } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'
import { workspaceOperations } from './workspace-operations.ts'

const line = (about: string, max = 1024) => text({ about, max })
const script = (about: string) => maybe(text({ about, max: 65_536, lines: true }))

const vcsRepo = object(
  {
    identifier: text({ about: 'Which repository.', max: 512, required: true }),
    branch: maybe(line('Which branch.')),
    versionConstraint: maybe(line('Which versions.')),
    path: maybe(line('Which folder.')),
    triggerPrefixes: maybe(list(line('A folder.'), { about: 'Changes in these folders count.' })),
    triggerPatterns: maybe(text({ about: 'Changes to these files count.', max: 4096, lines: true })),
    dryRunsEnabled: flag({ about: 'Whether pull requests are tried.' }),
    ingressSubmodules: flag({ about: 'Whether submodules are fetched.' }),
  },
  { about: 'The repository it follows.', writable: 'always' },
)

const terragrunt = object(
  {
    version: text({ about: 'Which version.', max: 64, required: true }),
    useRunAll: flag({ about: 'Whether all modules run.' }),
    includeExternalDependencies: flag({ about: 'Whether dependencies outside run too.' }),
  },
  { about: 'Terragrunt settings.', writable: 'always' },
)

const hooks = object(
  {
    preInit: script('Before init.'),
    prePlan: script('Before plan.'),
    postPlan: script('After plan.'),
    preApply: script('Before apply.'),
    postApply: script('After apply.'),
  },
  { about: 'Commands run around a run.', writable: 'always' },
)

const environmentTypes = ['production', 'staging', 'testing', 'development', 'unmapped'] as const

export const workspaces = resource({
  type: 'workspaces',
  className: 'Workspace',
  prefix: 'ws',
  about: 'The narrowest scope. An authority runs nothing in it: its settings are kept and echoed for clients.',
  attributes: {
    name: text({
      about: 'What it is called, unique in its environment.',
      writable: 'always',
      required: true,
      max: 90,
      pattern: { is: /^[A-Za-z0-9_-]+$/, detail: 'Expected letters, digits, dashes and underscores.' },
    }),
    autoApply: flag({ about: 'Whether plans are applied unasked.', writable: 'always', fallback: false }),
    autoDestroyDays: maybe(choice([1, 2, 7, 14], { about: 'Days until resources are destroyed.', writable: 'always' })),
    autoDestroyStatus: maybe(text({ about: 'How that stands.' })),
    autoDestroyTime: maybe(timestamp({ about: 'When that is.' })),
    autoQueueRuns: choice(['always', 'never', 'skip_first', 'on_create_only'], {
      about: 'When runs start by themselves.',
      writable: 'always',
      fallback: 'skip_first',
    }),
    applySchedule: maybe(text({ about: 'When it is applied, cron in UTC.' })),
    destroySchedule: maybe(text({ about: 'When it is destroyed, cron in UTC.' })),
    deletionProtectionEnabled: flag({
      about: 'Refuses deletion while there is state.',
      writable: 'always',
      fallback: true,
    }),
    deletionProtectionChangedByEmail: maybe(text({ about: 'Who changed that.' })),
    environmentType: choice(environmentTypes, { about: 'What it is for.', writable: 'always', fallback: 'unmapped' }),
    executionMode: choice(['remote', 'local'], { about: 'Where runs run.', writable: 'always' }),
    operations: flag({ about: 'The older form of execution-mode remote.', writable: 'always' }),
    forceLatestRun: flag({ about: 'Whether only the latest run counts.', writable: 'always', fallback: false }),
    hasResources: flag({ about: 'Whether there is state.' }),
    hooks: maybe(hooks),
    iacPlatform: choice(['terraform', 'opentofu'], { about: 'Which tool.', writable: 'always', fallback: 'terraform' }),
    terraformVersion: text({
      about: 'Which version of it.',
      writable: 'always',
      max: 32,
      pattern: { is: /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, detail: 'Expected a version such as 1.5.7.' },
    }),
    terragrunt: maybe(terragrunt),
    vcsRepo: maybe(vcsRepo),
    varFiles: maybe(list(line('A file.'), { about: 'Variable files.', writable: 'always' })),
    workingDirectory: maybe(text({ about: 'Where commands run.', writable: 'always', max: 1024 })),
    remoteBackend: flag({ about: 'Whether state is kept remotely.', writable: 'create' }),
    remoteStateSharing: flag({
      about: 'Whether all of the environment may read its state.',
      writable: 'always',
      fallback: false,
    }),
    runOperationTimeout: maybe(integer({ about: 'Minutes.', writable: 'always', min: 1, max: 100_000 })),
    favorite: flag({ about: 'Whether the caller marked it.' }),
    locked: flag({ about: 'Whether it is locked.' }),
    lockReason: maybe(text({ about: 'Why it is locked.' })),
    permissions: anyObject({ about: 'What the caller may do here.' }),
    createdAt: timestamp({ about: 'When it was created.' }),
    updatedAt: maybe(timestamp({ about: 'When it was last changed.' })),
    updatedByEmail: maybe(text({ about: 'Who changed it last.' })),
  },
  relations: {
    environment: one('environments', { about: 'Where it belongs.', writable: 'create', required: true }),
    agentPool: one('agent-pools', { about: 'Where its runs run.', writable: 'always' }),
    createdBy: one('users', { about: 'Who created it.' }),
    updatedBy: one('users', { about: 'Who changed it last.' }),
    lockedBy: one('users', { about: 'Who locked it.' }),
    tags: many('tags', { about: 'Its tags.', writable: 'create' }),
    remoteStateConsumers: many('workspaces', { about: 'Which workspaces may read its state.', writeOnly: true }),
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
