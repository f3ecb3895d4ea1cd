/** What the home page of an account shows, in one response. */
import { integer, list, object, text, timestamp } from '../attributes.ts'
import { basePath } from '../base-path.ts'
import { endpoint, jsonResponse, responseObject } from '../endpoint.ts'
import { limits } from '../limits.ts'
import { findingKinds, findings } from '../resources/findings.ts'

const count = (what: string, most: number) =>
  integer({ about: `Number of ${what}; ${most + 1} if there are more than ${most}.`, min: 0, max: most + 1 })

export const overviewEndpoints = {
  getAccountOverview: endpoint({
    id: 'get_account_overview',
    about: 'Get the findings of an account by kind, and its tokens by the day on which they expire.',
    method: 'GET',
    path: `${basePath}/accounts/{account}/overview`,
    ofResource: 'accounts',
    caller: 'token',
    permission: 'access-tokens:read',
    permissionOn: { type: 'accounts' },
    query: {
      timeZone: text({
        about: 'IANA time zone in which days begin, such as `Europe/Berlin`; `UTC` by default.',
        max: 64,
      }),
    },
    responses: {
      200: jsonResponse(
        'The overview.',
        responseObject('An overview.', {
          activeTokens: count('tokens that have not expired', limits.countedRows),
          serviceAccounts: count('service accounts', limits.countedRows),
          findings: list(
            responseObject('The findings of one kind.', {
              kind: findings.attributes.kind,
              count: count('findings of this kind', limits.countedMatches),
              first: list(
                object({ id: text({ about: 'ID of the finding.' }), ...findings.attributes }, { about: 'A finding.' }),
                {
                  about: `The first ${limits.overviewFindings}, as in the list of findings sorted by \`at\`.`,
                  max: limits.overviewFindings,
                },
              ),
            }),
            { about: 'The kinds that have findings, most urgent first.', max: findingKinds.length },
          ),
          expiries: list(
            responseObject('A day.', {
              date: text({ about: 'The date in the time zone.' }),
              from: timestamp({ about: 'Start of the day.' }),
              until: timestamp({ about: 'Start of the next day.' }),
              count: count('tokens that expire on this day', limits.countedMatches),
            }),
            { about: 'One entry per day, from today.', max: limits.overviewDays },
          ),
        }),
      ),
    },
  }),
}
