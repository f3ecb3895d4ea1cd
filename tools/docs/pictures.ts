/** Draws the pictures of `docs/concepts.md` as SVG: boxes in a grid, with arrows between neighbors. */

interface Picture {
  readonly title: string
  /** For screen readers. */
  readonly description: string
  /** Column, row and lines of text by name. */
  readonly boxes: Readonly<Record<string, readonly [column: number, row: number, text: string, note?: string]>>
  readonly arrows: readonly (readonly [from: string, to: string, label?: string])[]
}

const width = 168
const height = 58
const gapX = 104
const gapY = 44
const margin = 12

const pictures: Readonly<Record<string, Picture>> = {
  scopes: {
    title: 'Scopes',
    description:
      'An installation contains accounts. An account contains environments, and an environment contains workspaces.',
    boxes: {
      installation: [0, 0, 'Installation', 'one database'],
      account: [1, 0, 'Account', 'acc-…'],
      environment: [2, 0, 'Environment', 'env-…'],
      workspace: [3, 0, 'Workspace', 'ws-…'],
    },
    arrows: [
      ['installation', 'account', 'contains'],
      ['account', 'environment', 'contains'],
      ['environment', 'workspace', 'contains'],
    ],
  },
  owners: {
    title: 'Owners and tokens',
    description:
      'Users, service accounts and agent pools own access tokens. A token expires, is rotated, or is revoked.',
    boxes: {
      user: [0, 0, 'User', 'a person'],
      sa: [0, 1, 'Service account', 'a program'],
      pool: [0, 2, 'Agent pool', 'agents in Scalr’s API'],
      token: [1, 1, 'Access token', 'stored as a hash'],
      end: [2, 1, 'Inactive', 'expired or revoked'],
    },
    arrows: [
      ['user', 'token', 'owns'],
      ['sa', 'token', 'owns'],
      ['pool', 'token', 'owns'],
      ['token', 'end'],
    ],
  },
  policies: {
    title: 'Access policies',
    description:
      'An access policy grants roles, which contain permissions, to a subject at a scope. The subject is a user, a team or a service account.',
    boxes: {
      subject: [0, 0, 'Subject', 'such as a team'],
      policy: [1, 0, 'Access policy'],
      role: [2, 0, 'Role', 'named list'],
      permission: [3, 0, 'Permission', 'teams:read'],
      scope: [1, 1, 'Scope', 'account, environment, …'],
    },
    arrows: [
      ['policy', 'subject', 'to'],
      ['policy', 'role', 'grants'],
      ['role', 'permission', 'contains'],
      ['policy', 'scope', 'at'],
    ],
  },
  rights: {
    title: 'Effective rights',
    description:
      'The rights of a token are the rights of its owner at the time of the request, within the permissions and scopes to which the token is narrowed.',
    boxes: {
      owner: [0, 0, 'Owner’s rights now', 'from access policies'],
      narrowing: [0, 1, 'Token’s narrowing', 'permissions and scopes'],
      rights: [1, 0, 'Effective rights', 'their intersection'],
      decision: [2, 0, 'Request', 'allowed or 403'],
    },
    arrows: [
      ['owner', 'rights'],
      ['narrowing', 'rights'],
      ['rights', 'decision', 'checked'],
    ],
  },
  rotation: {
    title: 'Rotation',
    description:
      'Rotation creates a successor in the same token family. The old token stays valid for the overlap and then expires.',
    boxes: {
      old: [0, 0, 'Old token', 'valid'],
      overlap: [1, 0, 'Overlap', 'both are valid'],
      fresh: [2, 0, 'Successor', 'valid'],
      expired: [1, 1, 'Old token', 'expired'],
    },
    arrows: [
      ['old', 'overlap', 'rotate'],
      ['overlap', 'fresh', 'deploy'],
      ['overlap', 'expired', 'ends'],
    ],
  },
  verdicts: {
    title: 'Verdicts and freshness',
    description:
      'A change and its audit event are committed together. Nodes follow the change feed into an in-memory replica, from which they decide about tokens. A node whose replica is too old asks the database or responds with 503.',
    boxes: {
      change: [0, 0, 'Change', 'such as a revocation'],
      database: [1, 0, 'Database', 'change and audit event'],
      replica: [2, 0, 'Replica', 'in each node’s memory'],
      verdict: [3, 0, 'Verdict', 'valid, 401 or 503'],
      request: [3, 1, 'Request', 'with a token'],
    },
    arrows: [
      ['change', 'database', 'commits'],
      ['database', 'replica', 'feed'],
      ['replica', 'verdict', 'decides'],
      ['request', 'verdict'],
    ],
  },
  leaks: {
    title: 'Leak reports',
    description:
      'Scanners, GitHub, GitLab and token holders report tokens. The leak rules of the account select whether a token is revoked, rotated or only reported to its owner.',
    boxes: {
      github: [0, 0, 'GitHub, GitLab'],
      scanner: [0, 1, 'mintmark scan'],
      holder: [0, 2, 'Token holder', 'the page /leaks'],
      report: [1, 1, 'Leak report', 'source and location'],
      rules: [2, 1, 'Leak rules', 'of the account'],
      action: [3, 1, 'Action', 'revoke, rotate, notify'],
    },
    arrows: [
      ['github', 'report'],
      ['scanner', 'report'],
      ['holder', 'report'],
      ['report', 'rules'],
      ['rules', 'action', 'select'],
    ],
  },
  workload: {
    title: 'Workload identity',
    description:
      'A CI job gets an ID token from its platform and exchanges it at Mintmark, which checks signature, audience and claims, for a short-lived access token of a service account.',
    boxes: {
      platform: [0, 0, 'CI platform', 'OIDC issuer'],
      job: [1, 0, 'Job'],
      mintmark: [2, 0, 'Mintmark', 'assume policy'],
      token: [3, 0, 'Access token', 'short-lived'],
    },
    arrows: [
      ['platform', 'job', 'ID token'],
      ['job', 'mintmark', 'exchanges'],
      ['mintmark', 'token', 'returns'],
    ],
  },
}

/** The functions that draw the pictures, by path. */
export const pictureFiles: Readonly<Record<string, () => string>> = Object.fromEntries(
  Object.entries(pictures).map(([name, picture]) => [`docs/images/concept-${name}.svg`, () => draw(picture)]),
)

function draw({ title, description, boxes, arrows }: Picture): string {
  const places = Object.values(boxes)
  const size = (index: 0 | 1, length: number, gap: number) =>
    2 * margin + Math.max(...places.map((place) => place[index])) * (length + gap) + length
  const [totalWidth, totalHeight] = [size(0, width, gapX), size(1, height, gapY)]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${totalWidth} ${totalHeight}" width="${totalWidth}" height="${totalHeight}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">${description}</desc>
<style>
svg { font: 15px system-ui, sans-serif; color-scheme: light dark; }
rect { fill: #fff; stroke: #6b7280; stroke-width: 1.5; }
text { fill: #1f2328; text-anchor: middle; }
.note { font-size: 12px; fill: #57606a; }
path { fill: none; stroke: #6b7280; stroke-width: 1.5; }
marker path { fill: #6b7280; stroke: none; }
@media (prefers-color-scheme: dark) {
  rect { fill: #1c2128; stroke: #9aa4b2; }
  text { fill: #e6edf3; }
  .note { fill: #b1bac4; }
  path { stroke: #9aa4b2; }
  marker path { fill: #9aa4b2; }
}
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${arrows.map((arrow) => drawArrow(boxes, arrow)).join('\n')}
${places.map(drawBox).join('\n')}
</svg>
`
}

const left = (column: number) => margin + column * (width + gapX)
const top = (row: number) => margin + row * (height + gapY)

function drawBox([column, row, text, note]: Picture['boxes'][string]): string {
  const [x, y] = [left(column), top(row)]
  const line = (content: string, at: number, style = '') =>
    `<text${style} x="${x + width / 2}" y="${y + at}">${content}</text>`
  const lines = note ? line(text, 26) + line(note, 44, ' class="note"') : line(text, 34)
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${lines}`
}

function drawArrow(boxes: Picture['boxes'], [from, to, label]: Picture['arrows'][number]): string {
  const [fromColumn, fromRow] = boxes[from] as Picture['boxes'][string]
  const [toColumn, toRow] = boxes[to] as Picture['boxes'][string]
  const middle = (row: number) => top(row) + height / 2
  if (fromColumn === toColumn) {
    const x = left(fromColumn) + width / 2
    const isDown = toRow > fromRow
    const [start, end] = isDown ? [top(fromRow) + height, top(toRow)] : [top(fromRow), top(toRow) + height]
    const text = label ? `<text class="note" x="${x + 24}" y="${(start + end) / 2 + 4}">${label}</text>` : ''
    return `<path d="M${x} ${start}V${end}" marker-end="url(#arrow)"/>${text}`
  }
  const isRight = toColumn > fromColumn
  const start = left(fromColumn) + (isRight ? width : 0)
  const end = left(toColumn) + (isRight ? 0 : width)
  const turn = start + (isRight ? 1 : -1) * (gapX / 2)
  const text = label ? `<text class="note" x="${turn}" y="${middle(fromRow) - 8}">${label}</text>` : ''
  return `<path d="M${start} ${middle(fromRow)}H${turn}V${middle(toRow)}H${end}" marker-end="url(#arrow)"/>${text}`
}
