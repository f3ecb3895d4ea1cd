/**
 * For tests: the part of GitLab's secret detection report schema 15.0.7 that covers the members we write. No package
 * contains the schema; it is in `lib/gitlab/ci/parsers/security/validators/schemas` of GitLab's sources.
 */
const text = { type: 'string', minLength: 1 }
const time = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$' }
const object = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})
const program = object({ id: text, name: text, version: text, vendor: object({ name: text }) })
const messages = { type: 'array', items: object({ level: { enum: ['info', 'warn', 'fatal'] }, value: text }) }
const scan = object({
  messages,
  analyzer: program,
  scanner: program,
  start_time: time,
  end_time: time,
  status: { enum: ['success', 'failure'] },
  type: { enum: ['secret_detection'] },
})
const flag = object({ type: { enum: ['flagged-as-likely-false-positive'] }, origin: text, description: text })
const vulnerability = object(
  {
    id: text,
    name: { type: 'string', maxLength: 255 },
    description: { type: 'string', maxLength: 1_048_576 },
    severity: { enum: ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical'] },
    solution: { type: 'string', maxLength: 7_000 },
    identifiers: { type: 'array', minItems: 1, items: object({ type: text, name: text, value: text }) },
    flags: { type: 'array', items: flag },
    location: object(
      {
        file: { type: 'string' },
        start_line: { type: 'number' },
        end_line: { type: 'number' },
        commit: object({ sha: text }),
      },
      ['commit'],
    ),
  },
  ['id', 'identifiers', 'location'],
)

export const gitlabSchema = {
  self: { version: '15.0.7' },
  ...object({
    scan,
    version: { type: 'string', pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' },
    vulnerabilities: { type: 'array', items: { ...vulnerability, additionalProperties: false } },
  }),
}
