import type { TokenLocation } from '@mintmark/scanner'
import { isCounted, type Report } from './report.ts'

/** One member per token, with all its locations. */
export function jsonReport({
  findings,
  fingerprints,
  counts,
  allowed,
  known,
  isInterrupted,
  ...report
}: Report): object {
  const byHash = Map.groupBy(findings, ({ hash }) => hash)
  return {
    found: [...byHash].map(([hash, [first, ...more]]) => ({
      id: first?.leak.tokenId,
      'mint-mark': first?.leak.issuer,
      'last-characters': first?.leak.lastCharacters,
      'token-hash': hash,
      fingerprint: first?.status.fingerprint,
      state: first?.status.state,
      'is-counted': first !== undefined && isCounted(first),
      places: [...(first ? [first] : []), ...more].map(({ location }) => locationJson(location)),
      'places-left-out': first?.leak.omittedLocations,
    })),
    counts: {
      files: counts.files,
      objects: counts.objects,
      bytes: counts.bytes,
      skipped: Object.fromEntries(counts.skipped),
      allowed,
      'in-baseline': known,
    },
    incomplete: report.incomplete,
    'incomplete-left-out': report.omittedIncomplete,
    'fingerprint-file': fingerprints && { issuer: fingerprints.issuer, made: fingerprints.made },
    interrupted: isInterrupted,
  }
}

const locationJson = ({ path, line, column, commit, object, objectType, how }: TokenLocation) => ({
  path: path ?? null,
  line,
  column,
  commit: commit ?? null,
  object: object ?? null,
  'object-type': objectType ?? null,
  how,
})
