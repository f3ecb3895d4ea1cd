/** Validates the body and query of a request against the declaration of its endpoint. */
import {
  type Attributes,
  type CheckedBody,
  type EndpointDeclaration,
  isCheckedBody,
  kebab,
  membersOf,
} from '@mintmark/contract'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import type { ReceivedBody } from '../../endpoint-request.ts'
import { readPlain } from '../../jsonapi/body.ts'
import { parseStrictJson } from '../../jsonapi/strict-json.ts'
import { OAuthRefusal } from './oauth-errors.ts'
import { bytesOf, formOf, readFormBody, readJsonBody } from './read-body.ts'

/**
 * Returns the function that reads the body of an endpoint: the values by name, or the body for handlers that read it
 * themselves; undefined for an endpoint without a body.
 */
export function bodyReader({ body, errorStyle }: EndpointDeclaration): (request: FastifyRequest) => unknown {
  if (!body) return () => undefined
  if (!isCheckedBody(body)) return receivedBody
  const members = membersOf(body)
  return body.as === 'json'
    ? (request) => readPlain(readJsonBody(request), members)
    : formReader(body, errorStyle === 'oauth')
}

function receivedBody(request: FastifyRequest): ReceivedBody {
  const bytes = bytesOf(request)
  return {
    bytes,
    mediaType: request.headers['content-type'] ?? '',
    json: () => readJsonBody(request),
    anyJson: () => parseStrictJson(bytes),
    formMember: (name) => formOf(bytes.toString('utf8')).get(name),
  }
}

/** Encoded. No declared member of a form is longer. */
export const valueCharactersMax = 65_536

function formReader(body: CheckedBody, isOAuth: boolean): (request: FastifyRequest) => Record<string, string> {
  const members = Object.entries(membersOf(body)).map(([name, attribute]) => ({
    name,
    attribute,
    spelled: kebab(name),
    isRequired: name in body.required,
  }))
  return (request) => {
    const form = readFormBody(request)
    const values: Record<string, string> = {}
    for (const { name, attribute, spelled, isRequired } of members) {
      const value = form.get(spelled, valueCharactersMax)
      const isMissing = !value && isRequired
      if (isOAuth && (isMissing || (value && attribute.check(value).length > 0)))
        throw new OAuthRefusal(name === 'grant_type' ? 'unsupported_grant_type' : 'invalid_request')
      if (isMissing) throw new Refusal('malformed-request', { detail: `Expected the form member ${spelled}.` })
      if (value !== null) values[name] = value
    }
    return values
  }
}

/** Ignores parameters that are not declared. */
export function readQuery(declared: Attributes, query: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, attribute] of Object.entries(declared)) {
    const parameter = kebab(name)
    const value = query.get(parameter)
    if (value === null) continue
    const [fault] = attribute.check(value)
    if (fault) throw new Refusal('invalid-parameter', { detail: fault.detail, parameter })
    values[name] = value
  }
  return values
}
