/**
 * contract: the whole API as plain data. Resources, endpoints, permissions, refusals and limits are declared here once.
 * Routes, validation, OpenAPI, the reference and the client's types are derived from them. It never contains behavior, does
 * I/O or has dependencies, so browsers can import it.
 */
export * from './attributes.ts'
export { basePath, openApiPath } from './base-path.ts'
export * from './catalogue.ts'
export { emailAddressDetail, isEmailAddress } from './email-address.ts'
export * from './endpoint.ts'
export * from './endpoints/catalogue.ts'
export { csvCell, type ExportFormat, exportFormatsOf, exportTypes } from './exports.ts'
export { filterDaysMax, filterKind, instantDetail, parseInstant } from './filters.ts'
export { limits } from './limits.ts'
export { limitsPage } from './limits-page.ts'
export * from './naming.ts'
export { openApi, openApiDocument } from './openapi.ts'
export { endpointOpenApi, endpointOpenApiDocument } from './openapi-endpoints.ts'
export * from './permissions.ts'
export { permissionsOf } from './permissions-of.ts'
export { type RefusalCode, refusals } from './refusals.ts'
export * from './resource.ts'
export { findingKinds } from './resources/findings.ts'
export { type LeakSource, leakResolutions, leakSources } from './resources/leaks.ts'
export {
  notificationKinds,
  personalNotificationKinds,
  type WebhookFailure,
} from './resources/notifications.ts'
export { activeTokensMax } from './resources/service-accounts.ts'
