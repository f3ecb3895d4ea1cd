/** Snippets that use a new token, by program. */
import { basePath } from '@mintmark/contract'

export interface Snippet {
  readonly label: string
  /** What to do with it. */
  readonly about: string
  readonly text: string
}

/** `origin`: the URL of the server, such as `https://mintmark.example.com`. */
export function snippetsOf(secret: string, origin: string): Snippet[] {
  const { host } = new URL(origin)
  return [
    {
      label: 'curl',
      about: 'Run in a shell. The response has status 200 if the token is valid.',
      text: `export MINTMARK_TOKEN=${secret}
curl -i -H "Authorization: Bearer $MINTMARK_TOKEN" \\
  ${origin}${basePath}/ping`,
    },
    {
      label: 'CLI',
      about: 'Run in a shell. Prints the token and its owner.',
      text: `export MINTMARK_URL=${origin}
export MINTMARK_TOKEN=${secret}
mintmark whoami`,
    },
    {
      label: 'Terraform',
      about: 'Add to ~/.terraformrc, or %APPDATA%\\terraform.rc on Windows.',
      text: `credentials "${host}" {
  token = "${secret}"
}`,
    },
    {
      label: 'GitHub Actions',
      about: 'Run in the repository. Jobs then read the token from secrets.MINTMARK_TOKEN.',
      text: `gh variable set MINTMARK_URL --body ${origin}
gh secret set MINTMARK_TOKEN --body ${secret}`,
    },
    {
      label: 'GitLab CI',
      about: 'Run in the repository. Jobs then have both environment variables; the token is masked in their logs.',
      text: `glab variable set MINTMARK_URL ${origin}
glab variable set MINTMARK_TOKEN ${secret} --masked`,
    },
    {
      label: '.env',
      about: 'Add to a file that is not committed.',
      text: `MINTMARK_URL=${origin}
MINTMARK_TOKEN=${secret}`,
    },
    {
      label: 'Kubernetes',
      about: 'Apply with kubectl apply -f, and do not commit the file.',
      text: `apiVersion: v1
kind: Secret
metadata:
  name: mintmark-token
type: Opaque
stringData:
  MINTMARK_URL: ${origin}
  MINTMARK_TOKEN: ${secret}`,
    },
  ]
}
