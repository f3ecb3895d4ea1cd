/** Below it are the resources, at Scalr's paths. */
export const basePath = '/api/iacp/v3'

/** Where Scalr's clients look for the OpenAPI document. */
export const openApiPath = `${basePath}/openapi-public.yml`
