/** The table of contents of the documentation: the sidebar of `/help`, and the list in `docs/README.md`. */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from './markdown-page.ts'

interface Entry {
  /** Relative to the root of the repository. */
  readonly path: string
  readonly title: string
  readonly about: string
}

interface Section {
  readonly title: string
  readonly entries: readonly Entry[]
}

/** Pages that do not exist are left out. */
const sections: Readonly<Record<string, readonly (readonly [path: string, title: string, about: string])[]>> = {
  'Get started': [
    ['docs/quick-start.md', 'Quick start', 'from an empty folder to a revoked token'],
    ['docs/concepts.md', 'Concepts', 'scopes, tokens, policies, rotation and verdicts in pictures'],
    ['docs/install.md', 'Install', 'npm, Docker, systemd, Kubernetes'],
    ['docs/moving-from-scalr.md', 'Move from Scalr', 'export, import, switch'],
    ['docs/faq.md', 'FAQ', 'frequently asked questions'],
    ['docs/comparison.md', 'Comparison', 'Vault, GitHub, Keycloak, Ory Hydra, better-auth, Unkey'],
  ],
  'Use tokens': [
    ['docs/roles.md', 'Roles and permissions', 'grant access, narrow tokens'],
    ['docs/rotation.md', 'Rotation in CI', 'GitHub Actions, GitLab CI, Jenkins, Kubernetes'],
    ['docs/signing-in.md', 'Sign in', 'passkeys, passwords, invitations, lost access'],
    ['docs/workload-identity.md', 'Workload identity', 'CI jobs and cloud workloads without a stored secret'],
    ['docs/introspection.md', 'Token introspection', 'how your services check a token'],
    ['docs/notifications.md', 'Notifications and webhooks', 'events, signatures, retries'],
  ],
  'Find leaked tokens': [
    ['docs/scanning.md', 'Scanners', '`mintmark scan`, gitleaks, TruffleHog, GitLab'],
    ['docs/github-secret-scanning.md', 'GitHub secret scanning', 'custom patterns, alerts, the partner program'],
  ],
  Operate: [
    ['docs/reverse-proxies.md', 'Reverse proxies and https', 'nginx, Caddy, Traefik'],
    ['docs/running.md', 'Run the server', 'restarts, reloading, certificates, files, logs'],
    ['docs/backup.md', 'Back up, restore and upgrade', 'SQLite, PostgreSQL, the master key'],
    ['docs/high-availability.md', 'High availability', 'several nodes with PostgreSQL'],
    ['docs/postgresql.md', 'PostgreSQL', 'connection URL, failover, upgrades'],
    ['docs/metrics.md', 'Metrics', 'Prometheus metrics and what to alert on'],
    ['docs/audit-log.md', 'Audit log', 'contents, guarantees, verification'],
    ['docs/troubleshooting.md', 'Troubleshooting', 'messages and what to do'],
    ['docs/performance.md', 'Performance', 'measurements and sizing'],
  ],
  Security: [
    ['docs/security/model.md', 'Security model', 'what is protected and how'],
    ['docs/access-control.md', 'Access control', 'authentication methods and authorization rules'],
    ['SECURITY.md', 'Security policy and threat model', 'what each kind of attacker can and cannot do'],
    ['docs/security/asvs.md', 'OWASP ASVS 5.0', 'self-assessment'],
  ],
  Reference: [
    ['docs/reference/configuration.md', 'Configuration', 'every option and variable'],
    ['docs/reference/errors.md', 'Error codes', 'causes and remedies'],
    ['docs/reference/permissions.md', 'Permissions', 'the catalogue, and what each permission allows'],
    ['docs/reference/cli.md', 'CLI', 'every command and option'],
    ['docs/limits.md', 'Limits', 'sizes, counts and rates'],
    ['docs/glossary.md', 'Glossary', 'terms'],
    ['docs/versioning.md', 'Versioning', 'what a release may change'],
    ['CHANGELOG.md', 'Changelog', 'what changed'],
  ],
}

export function contents(): Section[] {
  return Object.entries(sections).map(([title, entries]) => ({
    title,
    entries: entries
      .filter(([path]) => existsSync(join(root, path)))
      .map(([path, name, about]) => ({ path, title: name, about })),
  }))
}

const index = 'docs/README.md'

/** The text of `docs/README.md` with the current list of pages. */
export function indexPage(): string {
  const list = contents().map(({ title, entries }) => {
    const lines = entries.map((entry) => `- [${entry.title}](${linkTo(entry.path)}): ${entry.about}`)
    return `## ${title}\n\n${lines.join('\n')}\n`
  })
  const text = readFileSync(join(root, index), 'utf8')
  return text.replace(
    /(<!-- pages -->\n)[\s\S]*(<!-- end -->)/,
    (_, start, end) => `${start}\n${list.join('\n')}\n${end}`,
  )
}

const linkTo = (path: string) => posix.relative(posix.dirname(index), path)
