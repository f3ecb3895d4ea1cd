import { nullable, text } from '../attributes.ts'
import { resource, toOne } from '../resource.ts'

export const providerConfigurations = resource({
  type: 'provider-configurations',
  className: 'ProviderConfiguration',
  prefix: 'pcfg',
  about: 'A named provider configuration that environments can refer to. It contains no credentials.',
  attributes: {
    name: text({ about: 'Name.', writable: 'create', required: true, blank: 'Name cannot be empty.' }),
    providerName: text({
      about: 'Name of the provider.',
      writable: 'create',
      required: true,
      blank: 'Provider name cannot be empty.',
    }),
  },
  relations: { account: toOne('accounts', { about: 'The account it belongs to.', writable: 'create' }) },
  operations: {
    create: { id: 'create_provider_configuration', stepUp: true, permission: 'provider-configurations:create' },
    remove: { id: 'delete_provider_configuration', stepUp: true, permission: 'provider-configurations:delete' },
  },
})

export const providerConfigurationLinks = resource({
  type: 'provider-configuration-links',
  className: 'ProviderConfigurationLink',
  prefix: 'pcfgl',
  about: 'A provider configuration that a workspace uses. The list is always empty.',
  attributes: { alias: nullable(text({ about: 'Alias.' })) },
  relations: {
    workspace: toOne('workspaces', { about: 'The workspace.' }),
    providerConfiguration: toOne('provider-configurations', { about: 'The configuration.' }),
  },
  operations: {
    list: {
      id: 'list_provider_configuration_links',
      permission: 'workspaces:read',
      under: 'workspace',
      path: '/workspaces/{workspace}/provider-configuration-links',
    },
  },
})
