import { choice, integer, list, nullable, object, text, timestamp } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'

export const serviceAccounts = resource({
  type: 'service-accounts',
  className: 'ServiceAccount',
  prefix: 'sa',
  about:
    'An identity for programs, such as a job or an integration. It owns tokens, and access policies grant its permissions.',
  attributes: {
    name: text({
      about: 'Name, used in its email address.',
      writable: 'create',
      required: true,
      blank: 'Service account name can not be empty.',
    }),
    description: nullable(text({ about: 'Description.', writable: 'always', lines: true, max: 1024 })),
    email: text({ about: 'Unique email address, `name@account.host`.' }),
    status: choice(['Active', 'Inactive'], {
      about: 'Tokens of an Inactive service account are refused until it is Active again.',
      writable: 'always',
      fallback: 'Active',
    }),
    createdAt: timestamp({ about: 'Time of creation.' }),
  },
  relations: {
    account: toOne('accounts', { about: 'The account it belongs to.', writable: 'create' }),
    createdBy: toOne('users', { about: 'The user who created it.' }),
    owners: toMany('teams', { about: 'Owning teams.', writable: 'always' }),
  },
  operations: {
    list: {
      id: 'get_service_accounts',
      permission: 'service-accounts:read',
      filters: ['account', 'email', 'serviceAccount', 'name', 'status', 'hasAccessPolicies', 'hasOwners', 'owner'],
      sort: ['description', 'email', 'name', 'status', 'createdAt'],
    },
    show: { id: 'get_service_account', permission: 'service-accounts:read' },
    create: { id: 'create_service_account', stepUp: true, permission: 'service-accounts:create' },
    update: { id: 'update_service_account', stepUp: true, permission: 'service-accounts:update' },
    remove: { id: 'delete_service_account', stepUp: true, permission: 'service-accounts:delete' },
    confirmCredentials: {
      id: 'confirm_service_account_credentials',
      audited: 'credentials-confirmed',
      stepUp: true,
      about:
        'Confirm that you know who has access to the tokens and assume policies of a service account that others created. The service account can then be granted rights that they do not have.',
      permission: 'service-accounts:update',
      path: '/service-accounts/{service_account}/actions/confirm-credentials',
    },
  },
})

/** The largest reported number of active tokens of a service account. */
export const activeTokensMax = 1_000

export const serviceAccountSummaries = resource({
  type: 'service-account-summaries',
  className: 'ServiceAccountSummary',
  prefix: 'sa',
  about: 'How a service account uses its tokens. The ID is that of the service account.',
  attributes: {
    activeTokens: integer({
      about: `Number of tokens that are neither revoked nor expired; ${activeTokensMax} means that or more.`,
      min: 0,
      max: activeTokensMax,
    }),
    lastUsedAt: nullable(
      timestamp({ about: 'Time of the last use of any of its tokens, including revoked ones until they are purged.' }),
    ),
    nextExpiryAt: nullable(timestamp({ about: 'Time at which the next of its active tokens expires.' })),
  },
  relations: {},
  operations: {
    list: {
      id: 'list_service_account_summaries',
      about: 'List summaries of service accounts, such as the ones with the IDs in `filter[service-account]`.',
      permission: 'service-accounts:read',
      filters: ['account', 'serviceAccount'],
      sort: [],
    },
  },
})

export const workloadIdentityProviders = resource({
  type: 'workload-identity-providers',
  className: 'WorkloadIdentityProvider',
  prefix: 'wip',
  about: 'An issuer of OIDC tokens whose workloads can assume service accounts.',
  attributes: {
    name: text({ about: 'Name.', writable: 'always', required: true, blank: 'Name cannot be empty.' }),
    url: text({
      about: 'The issuer, exactly as in the claim `iss`.',
      writable: 'create',
      required: true,
      max: 512,
      pattern: {
        is: /^https:\/\/[a-zA-Z0-9.-]+(\/[a-zA-Z0-9._~/-]*[a-zA-Z0-9._~-])?$/,
        detail: 'Expected an https URL without port and without trailing slash.',
      },
    }),
    allowedAudiences: list(
      text({ about: 'A value of the claim `aud`.', max: 512, blank: 'An audience cannot be empty.' }),
      {
        about: 'Accepted audiences.',
        writable: 'always',
        required: true,
        max: 10,
        min: 1,
      },
    ),
    status: choice(
      ['pending', 'active', 'invalid_provider_settings', 'fetch_jwks_error', 'not_supported_jwks', 'internal_error'],
      {
        about: 'Result of fetching its keys.',
      },
    ),
    createdAt: timestamp({ about: 'Time of creation.' }),
    createdByEmail: nullable(text({ about: 'Email address of the user who created it.' })),
  },
  relations: {
    assumeServiceAccountPolicies: toMany('assume-service-account-policies', {
      about: 'Assume policies that trust it.',
    }),
  },
  operations: {
    list: {
      id: 'list_workload_identity_providers',
      permission: 'workload-identity-providers:read',
      filters: ['workloadIdentityProvider', 'name', 'url'],
      sort: ['name', 'url', 'createdAt', 'status'],
    },
    show: { id: 'get_workload_identity_provider', permission: 'workload-identity-providers:read' },
    create: { id: 'create_workload_identity_provider', stepUp: true, permission: 'workload-identity-providers:create' },
    update: { id: 'update_workload_identity_provider', stepUp: true, permission: 'workload-identity-providers:update' },
    remove: { id: 'delete_workload_identity_provider', stepUp: true, permission: 'workload-identity-providers:delete' },
  },
})

export const assumePolicies = resource({
  type: 'assume-service-account-policies',
  className: 'AssumeServiceAccountPolicy',
  prefix: 'asap',
  param: 'assume_service_account_policy',
  about: 'Allows certain tokens of a workload identity provider to assume a service account.',
  attributes: {
    name: text({ about: 'Name.', writable: 'always', required: true, blank: 'Name cannot be empty.' }),
    claimConditions: list(
      object(
        {
          claim: text({
            about: 'Name of the claim.',
            max: 255,
            required: true,
            blank: 'A claim name cannot be empty.',
          }),
          value: text({ about: 'Value to compare it with.', max: 1024, required: true }),
          operator: choice(['eq', 'contains', 'startswith', 'endswith', 'like'], {
            about: 'Comparison. Default: eq.',
            fallback: 'eq',
          }),
        },
        { about: 'A condition for a claim.' },
      ),
      { about: 'Conditions. All of them must be met.', writable: 'always', required: true, max: 10, min: 1 },
    ),
    maximumSessionDuration: nullable(
      integer({
        about: 'Maximum lifetime of a token in seconds; null: 3600.',
        writable: 'always',
        min: 3_600,
        max: 43_200,
        fallback: 3_600,
      }),
    ),
    createdAt: timestamp({ about: 'Time of creation.' }),
    createdByEmail: nullable(text({ about: 'Email address of the user who created it.' })),
  },
  relations: {
    provider: toOne('workload-identity-providers', {
      about: 'The provider whose tokens it accepts.',
      writable: 'create',
      required: true,
    }),
    serviceAccount: toOne('service-accounts', { about: 'The service account that they assume.' }),
  },
  operations: {
    list: {
      id: 'list_assume_service_account_policies',
      permission: 'service-accounts:read',
      filters: ['assumeServiceAccountPolicy', 'serviceAccount', 'workloadIdentityProvider', 'name'],
      sort: ['name', 'createdAt'],
    },
    show: {
      id: 'get_assume_service_account_policy',
      permission: 'service-accounts:read',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/assume-policies/{assume_service_account_policy}',
    },
    create: {
      id: 'create_assume_service_account_policy',
      stepUp: true,
      permission: 'service-accounts:update',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/assume-policies',
    },
    update: {
      id: 'update_assume_service_account_policy',
      stepUp: true,
      permission: 'service-accounts:update',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/assume-policies/{assume_service_account_policy}',
    },
    remove: {
      id: 'delete_assume_service_account_policy',
      stepUp: true,
      permission: 'service-accounts:update',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/assume-policies/{assume_service_account_policy}',
    },
  },
})
