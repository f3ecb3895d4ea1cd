/** Generates `docs/reference/configuration.md` from the declarations of the settings. */
import { kebab } from '@mintmark/contract'
import { type Setting, settingGroups, variableOf } from '../../authority/setup/settings/declarations.ts'

export function configurationPage(): string {
  return `# Configuration reference

Options of \`mintmark serve\` take precedence over variables, and variables over defaults. A variable with the suffix \`_FILE\`, such as
\`MINTMARK_MASTER_KEY_FILE\`, names a file that contains the value; one line break at its end is removed. Setting both is an error. For files with several lines,
such as certificates, the variable itself is the path. Unknown \`MINTMARK_…\` variables are reported at start. [Run the server](../running.md#settings) has
details. \`npm run generate\` writes this page.

${Object.entries(settingGroups)
  .map(([title, group]) => `## ${title}\n\n${table(group)}`)
  .join('\n\n')}

## Client commands

| variable | description |
|---|---|
| \`MINTMARK_URL\` | Server of client commands, as a URL (\`https://mintmark.example.com\`) or a host name. |
| \`MINTMARK_HOST\` | The same, if \`MINTMARK_URL\` is not set. Without a scheme, \`mintmark serve\` reads it as the address to listen on. |
| \`MINTMARK_PROFILE\` | Profile of \`mintmark auth login\`, with its server and token. |
| \`MINTMARK_TOKEN\`, \`MINTMARK_TOKEN_FILE\` | Access token, or the file that contains it. |
| \`SCALR_HOSTNAME\`, \`SCALR_TOKEN\` | Used if the variables above are not set, so that scripts for Scalr's CLI keep working. |
| \`SSL_CERT_FILE\` | File with a CA certificate (PEM) to trust in addition to those of the system. |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | Proxy for client commands and for outgoing requests of the server. |
| \`NODE_EXTRA_CA_CERTS\` | File with CA certificates (PEM) that the server trusts for outgoing requests. |
`
}

function table(group: Readonly<Record<string, Setting>>): string {
  const rows = Object.entries(group).map(
    ([name, setting]) =>
      `| \`${variableOf(name)}\` | ${setting.option ? `\`--${kebab(name)}\`` : '–'} | ${expectedOf(setting)} | ${setting.fallback === undefined ? '–' : `\`${setting.fallback}\``} | ${setting.about} |`,
  )
  return ['| variable | option | value | default | description |', '|---|---|---|---|---|', ...rows].join('\n')
}

function expectedOf({ path, expected, min, max, choices }: Setting): string {
  if (path) return 'file'
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ')
  if (min !== undefined && max !== undefined) return `${min.toLocaleString('en')} to ${max.toLocaleString('en')}`
  return expected ?? 'text'
}
