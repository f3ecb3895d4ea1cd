/** Setup of GitHub secret scanning: values to copy, steps, and a pattern test. */
import { Alert, Anchor, Button, Group, List, SegmentedControl, Stack, Text } from '@mantine/core'
import { DownloadIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ExternalLink } from '../leaks/external-link.tsx'
import { CopyButton } from '../parts/copy.tsx'
import { saveFile } from '../parts/download.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ErrorAlert, Loaded } from '../parts/states.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { useSave } from '../parts/use-save.ts'
import { PatternTester } from '../scanning/pattern-tester.tsx'
import { patternsQuery } from '../scanning/patterns.ts'
import { fetchFile } from '../server.ts'
import { useAccount } from '../session/account.ts'

type Form = 'common' | 'strict'

const formDescriptions: Readonly<Record<Form, string>> = {
  common: 'Finds every token, including truncated tokens.',
  strict: 'Matches the exact length of a token: fewer false positives, but no truncated tokens.',
}

export function GithubSecretScanning() {
  const [address, change] = useUrlQuery()
  const form: Form = address['form'] === 'strict' ? 'strict' : 'common'
  const patterns = useQuery(patternsQuery)
  return (
    <Page
      title="GitHub secret scanning"
      about="A token in a repository is a leaked token. Set up GitHub to find your tokens and to block pushes that contain them."
    >
      <Loaded of={patterns}>
        {(data) => (
          <>
            <Panel
              title="Custom pattern"
              actions={
                <SegmentedControl
                  size="xs"
                  aria-label="Pattern variant"
                  data={[
                    { value: 'common', label: 'Standard' },
                    { value: 'strict', label: 'Strict' },
                  ]}
                  value={form}
                  onChange={(chosen) => change({ form: chosen === 'strict' ? 'strict' : undefined })}
                />
              }
            >
              <Stack gap={14}>
                <Text c="dimmed">{formDescriptions[form]}</Text>
                <Field name="Pattern name" value="Mintmark token" />
                <Field name="Secret format" value={form === 'strict' ? data.strictFormat : data.secretFormat} />
                <Field name="Before secret" value={data.beforeSecret} />
                <Field name="After secret" value={data.afterSecret} />
                <Field
                  name="Test string"
                  value={data.testString}
                  about="Has the format of a token but is not signed by any key."
                />
              </Stack>
            </Panel>
            <Panel title="Test the pattern">
              <PatternTester patterns={data} form={form} />
            </Panel>
            <Panel title="Set up GitHub">
              <Steps />
            </Panel>
            <Panel title="GitHub partner program">
              <Partner mark={data.mark.text} />
            </Panel>
          </>
        )}
      </Loaded>
      <Panel title="Other scanners">
        <RuleFiles />
      </Panel>
    </Page>
  )
}

function Field({ name, value, about }: { name: string; value: string; about?: string }) {
  return (
    <div className="copy-field">
      <div>
        <Text fw={500} size="sm">
          {name}
        </Text>
        {about && (
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        )}
      </div>
      <output className="secret" aria-label={name}>
        {value}
      </output>
      <CopyButton text={value} name={`Copy ${name.toLowerCase()}`} />
    </div>
  )
}

const githubDocs =
  'https://docs.github.com/en/code-security/how-tos/secure-your-secrets/customize-leak-detection/defining-custom-patterns-for-secret-scanning'

function Steps() {
  const account = useAccount()
  return (
    <Stack gap={12} className="prose">
      <Text>
        You need an organization or repository with secret scanning turned on (GitHub Secret Protection for private
        repositories) and permission to change its security settings.
      </Text>
      <List type="ordered" spacing={8}>
        <List.Item>
          In the organization: <b>Settings</b>, <b>Code security</b>, <b>Global settings</b>. In one repository:{' '}
          <b>Settings</b>, <b>Code security</b>. Newer pages may say <i>Advanced Security</i>.
        </List.Item>
        <List.Item>
          Turn on <b>Scan for non-provider patterns</b>.
        </List.Item>
        <List.Item>
          Under <b>Custom patterns</b>, select <b>New pattern</b>.
        </List.Item>
        <List.Item>
          Enter the pattern name and the secret format from above. The values of before secret and after secret, under{' '}
          <b>More options</b>, are the GitHub defaults.
        </List.Item>
        <List.Item>
          Paste the test string. If GitHub does not highlight it as a match, check the secret format for missing
          characters.
        </List.Item>
        <List.Item>
          Select <b>Save and dry run</b> (in an organization, for up to 10 repositories) and review the results. If a
          result is not one of your tokens, use the strict pattern and run again.
        </List.Item>
        <List.Item>
          Select <b>Publish pattern</b>. GitHub scans the full history of all branches.
        </List.Item>
        <List.Item>
          Next to push protection, select <b>Enable</b>. GitHub then blocks pushes that contain a token.
        </List.Item>
      </List>
      <Text>
        Alerts stay in GitHub until they are reported to Mintmark: automatically, with a GitHub alert webhook to{' '}
        <span className="mono break">{location.origin}/leaks/github/webhook</span> that your server administrator sets
        up, or manually, on the <Anchor href="/leaks">public page for reporting leaked tokens</Anchor>. The response to
        a leak is configured in the{' '}
        <Anchor component={Link} to={`/${account.id}/security-rules`}>
          security rules
        </Anchor>
        . See also the <ExternalLink href={githubDocs}>GitHub documentation</ExternalLink>.
      </Text>
    </Stack>
  )
}

/** Whether a service on the internet can call this address, as far as its name shows. */
const isReachable = ({ protocol, hostname }: Location) =>
  protocol === 'https:' && !/^(?:localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname)

function Partner({ mark }: { mark: string }) {
  const isShared = mark.startsWith('scalr')
  return (
    <Stack gap={12} className="prose">
      <Text>
        GitHub scans public repositories for the secrets of its partners and reports matches to them. Mintmark accepts
        these reports. To join, email{' '}
        <Anchor href="mailto:secret-scanning@github.com">secret-scanning@github.com</Anchor> with:
      </Text>
      <Field name="Secret type" value="mintmark_token" />
      <Field name="Endpoint URL" value={`${location.origin}/leaks/github`} />
      {!isReachable(location) && (
        <Alert color="yellow" title="GitHub cannot send reports to this URL">
          GitHub requires a public HTTPS address. Set <span className="mono">MINTMARK_PUBLIC_URL</span> and open the
          console at that address.
        </Alert>
      )}
      <Text>
        GitHub also asks for a precise regular expression (download “Any scanner” below) and for a test account: use a
        user without permissions and a token created for this purpose. Tell GitHub that you send feedback about matches.
      </Text>
      {isShared && (
        <Text c="dimmed">
          The mint mark of this installation is <span className="mono">{mark}</span>. All installations whose mark
          starts with scalr share one pattern, so only one of them can be a partner. To become a partner yourself, set
          up your installation with its own mark.
        </Text>
      )}
    </Stack>
  )
}

const files = [
  { format: 'gitleaks', file: 'gitleaks.toml', name: 'gitleaks' },
  { format: 'trufflehog', file: 'trufflehog.yaml', name: 'TruffleHog' },
  { format: 'gitlab', file: 'secret-detection-ruleset.toml', name: 'GitLab' },
  { format: 'regex', file: 'mintmark-regex.txt', name: 'Any scanner' },
] as const

function RuleFiles() {
  const save = useSave()
  const download = ({ format, file }: (typeof files)[number]) =>
    save.run(async () => saveFile(file, await fetchFile(`/leaks/patterns?format=${format}`)))
  return (
    <Stack gap={12}>
      <Text>Rule files for this installation. They contain its mint mark and URL but no secrets.</Text>
      <Group gap={8}>
        {files.map((each) => (
          <Button
            key={each.format}
            variant="default"
            leftSection={<DownloadIcon />}
            onClick={() => void download(each)}
          >
            {each.name}
          </Button>
        ))}
      </Group>
      <ErrorAlert text={save.otherErrors()} />
      <Text c="dimmed">
        The command <span className="mono">mintmark scan</span> does not need a rule file.
      </Text>
    </Stack>
  )
}
