import { choice, nullable, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource, toOne } from '../resource.ts'

export const noteText = text({
  about: 'The note. It must not contain a token.',
  required: true,
  blank: 'A note cannot be empty.',
  max: limits.leakNoteCharacters,
  lines: true,
})

export const leakReportNotes = resource({
  type: 'leak-report-notes',
  className: 'LeakReportNote',
  prefix: 'note',
  about: 'A note of a leak report.',
  attributes: {
    text: noteText,
    createdAt: timestamp({ about: 'Time of creation.' }),
    authorType: choice(['user', 'service-account', 'agent-pool'], { about: 'Type of the author.' }),
    authorId: text({ about: 'ID of the author.' }),
    authorEmail: nullable(text({ about: 'Email address of the author.' })),
  },
  relations: { leakReport: toOne('leak-reports', { about: 'The leak report.' }) },
  operations: {
    list: {
      id: 'list_leak_report_notes',
      permission: 'leak-reports:read',
      filters: ['leakReport'],
      sort: ['createdAt'],
    },
  },
})
