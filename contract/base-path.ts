/** Base path of the resources, as in Scalr's API. */
export const basePath = '/api/iacp/v3'

/** Where Scalr's clients look for the OpenAPI document. */
export const openApiPath = `${basePath}/openapi-public.yml`
