import { createHash } from 'node:crypto'
import { ruleId } from '@mintmark/token'
import manifest from '../package.json' with { type: 'json' }
import { visible } from './escape.ts'
import {
  type Finding,
  findingText,
  incompleteText,
  isCounted,
  levelOf,
  locationText,
  pathOf,
  type Report,
} from './report.ts'

const program = { id: 'mintmark', name: 'Mintmark', version: manifest.version, vendor: { name: 'Mintmark' } }

/** A secret detection report in GitLab's format 15. The token itself, for which the format has a member, is omitted. */
export function gitlabReport({ findings, isInterrupted, incomplete, omittedIncomplete }: Report): object {
  return {
    version: '15.0.7',
    scan: {
      analyzer: program,
      scanner: program,
      type: 'secret_detection',
      start_time: time(0),
      end_time: time(performance.now()),
      messages: [
        ...incomplete.map((each) => ({ level: 'warn', value: visible(incompleteText(each)) })),
        ...(omittedIncomplete > 0
          ? [{ level: 'warn', value: `Not scanned completely: ${omittedIncomplete} more files` }]
          : []),
      ],
      status: isInterrupted ? 'failure' : 'success',
    },
    vulnerabilities: findings.map(vulnerability),
  }
}

const foreignTokenFlag = {
  type: 'flagged-as-likely-false-positive',
  origin: 'mintmark',
  description: 'It has the format of a token but does not belong to this installation.',
}
const severities = { error: 'Critical', warning: 'Medium', note: 'Info' } as const

function vulnerability(finding: Finding): object {
  const { location, hash } = finding
  const file = pathOf(location)
  return {
    id: createHash('sha256')
      .update(JSON.stringify([hash, file, location.line, location.commit]))
      .digest('hex'),
    name: 'Mintmark token',
    description: visible(`${findingText(finding)}, found at ${locationText(location)}.`),
    severity: severities[levelOf(finding)],
    ...(isCounted(finding) ? {} : { flags: [foreignTokenFlag] }),
    solution: 'Revoke the token, then create a new one.',
    identifiers: [{ type: 'gitleaks_rule_id', name: `Gitleaks rule ID ${ruleId}`, value: ruleId }],
    location: {
      file,
      start_line: location.line,
      end_line: location.line,
      // Required by the format; GitLab's analyzer writes this value when it does not scan the history.
      commit: { sha: location.commit ?? '0000000' },
    },
  }
}

/** Relative to the start of this process. The format has no time zone and no fractions of seconds. */
const time = (milliseconds: number) => new Date(performance.timeOrigin + milliseconds).toISOString().slice(0, 19)
