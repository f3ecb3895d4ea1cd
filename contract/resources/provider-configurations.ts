import { maybe, text } from '../attributes.ts'
import { one, resource } from '../resource.ts'

export const providerConfigurations = resource({
  type: 'provider-configurations',
  className: 'ProviderConfiguration',
  prefix: 'pcfg',
  about: 'A name for provider settings, so that an environment may refer to one. No credentials are kept.',
  attributes: {
    name: text({ about: 'What it is called.', writable: 'create', required: true, blank: 'Name cannot be empty.' }),
    providerName: text({
      about: 'Which provider.',
      writable: 'create',
      required: true,
      blank: 'Provider name cannot be empty.',
    }),
  },
  relations: { account: one('accounts', { about: 'Where it belongs.', writable: 'create' }) },
  operations: {
    create: { id: 'create_provider_configuration', permission: 'provider-configurations:create' },
    remove: { id: 'delete_provider_configuration', permission: 'provider-configurations:delete' },
  },
})

export const providerConfigurationLinks = resource({
  type: 'provider-configuration-links',
  className: 'ProviderConfigurationLink',
  prefix: 'pcfgl',
  about: 'A provider configuration used by a workspace. Always empty here.',
  attributes: { alias: maybe(text({ about: 'Its alias.' })) },
  relations: {
    workspace: one('workspaces', { about: 'The workspace.' }),
    providerConfiguration: one('provider-configurations', { about: 'The configuration.' }),
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
