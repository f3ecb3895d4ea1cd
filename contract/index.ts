/**
 * contract: the whole API as plain data. Resources, permissions, refusals and limits are declared here once; routes,
 * validation, documents, the OpenAPI file and the client's types are drawn from them. It will never hold behaviour,
 * do I/O or depend on anything, so that a browser may import it.
 */
export * from './attributes.ts'
export { basePath, openApiPath } from './base-path.ts'
export * from './catalogue.ts'
export { emailAddressDetail, isEmailAddress } from './email-address.ts'
export * from './endpoint.ts'
export * from './endpoints/catalogue.ts'
export { filterKind, instantDetail, parseInstant } from './filters.ts'
export { limits } from './limits.ts'
export { limitsPage } from './limits-page.ts'
export * from './naming.ts'
export { openApi, openApiDocument } from './openapi.ts'
export { endpointOpenApi, endpointOpenApiDocument } from './openapi-endpoints.ts'
export * from './permissions.ts'
export { permissionsOf } from './permissions-of.ts'
export { openApiPage } from './reference-page.ts'
export { type RefusalCode, refusals } from './refusals.ts'
export * from './resource.ts'
export { findingKinds } from './resources/findings.ts'
export { type LeakSource, leakSources } from './resources/leaks.ts'
export {
  notificationKinds,
  personalNotificationKinds,
} from './resources/notifications.ts'
