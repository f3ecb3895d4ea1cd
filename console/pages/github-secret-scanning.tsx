/** Has GitHub look for the tokens of this installation: the fields to copy, the steps, and a check that they work. */
import { Anchor, Button, Group, List, SegmentedControl, Stack, Text } from '@mantine/core'
import { DownloadIcon, LinkExternalIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useAddress } from '../parts/address.ts'
import { CopyButton } from '../parts/copy.tsx'
import { saveFile } from '../parts/download.ts'
import { Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { Loaded, Refusal } from '../parts/states.tsx'
import { LiveCheck } from '../scanning/live-check.tsx'
import { patternsQuery } from '../scanning/patterns.ts'
import { text } from '../server.ts'
import { useAccount } from '../session/account.ts'

type Form = 'common' | 'strict'

const about: Readonly<Record<Form, string>> = {
  common: 'Finds every token, also one that was cut off.',
  strict: 'With the lengths that a token really has: fewer false alarms, and none that were cut off.',
}

export function GithubSecretScanning() {
  const [address, change] = useAddress()
  const form: Form = address.form === 'strict' ? 'strict' : 'common'
  const patterns = useQuery(patternsQuery)
  return (
    <Page
      title="GitHub secret scanning"
      about="A token that gets into a repository is a token that anybody may have. Teach GitHub to find yours, and to stop a push that carries one."
    >
      <Loaded of={patterns}>
        {(data) => (
          <>
            <Panel
              title="The custom pattern"
              acts={
                <SegmentedControl
                  size="xs"
                  aria-label="Form of the pattern"
                  data={[
                    { value: 'common', label: 'Common' },
                    { value: 'strict', label: 'Stricter' },
                  ]}
                  value={form}
                  onChange={(chosen) => change({ form: chosen === 'strict' ? 'strict' : undefined })}
                />
              }
            >
              <Stack gap={14}>
                <Text c="dimmed">{about[form]}</Text>
                <Field name="Pattern name" value="Mintmark token" />
                <Field name="Secret format" value={form === 'strict' ? data.strictFormat : data.secretFormat} />
                <Field name="Before secret" value={data.beforeSecret} />
                <Field name="After secret" value={data.afterSecret} />
                <Field name="Test string" value={data.testString} about="Shaped like a token, and signed by no key." />
              </Stack>
            </Panel>
            <Panel title="Check it here">
              <LiveCheck patterns={data} form={form} />
            </Panel>
            <Panel title="The steps on GitHub">
              <Steps />
            </Panel>
            <Panel title="GitHub’s partner programme">
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

const Outward = ({ href, children }: { href: string; children: string }) => (
  <Anchor href={href} target="_blank" rel="noreferrer">
    {children} <LinkExternalIcon size={12} aria-label="opens in a new tab" />
  </Anchor>
)

const githubDocs =
  'https://docs.github.com/en/code-security/how-tos/secure-your-secrets/customize-leak-detection/defining-custom-patterns-for-secret-scanning'

function Steps() {
  const account = useAccount()
  return (
    <Stack gap={12} className="prose">
      <Text>
        This takes an organization or a repository in which secret scanning is on (for private repositories that is
        GitHub Secret Protection), and the right to change its security settings.
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
          Under <b>Custom patterns</b> press <b>New pattern</b>.
        </List.Item>
        <List.Item>
          Enter the name and the secret format from above. Under <b>More options</b> are before secret and after secret;
          both hold these values already, as they are GitHub’s defaults.
        </List.Item>
        <List.Item>
          Paste the test string. It has to be marked as a match; if it is not, a character was lost.
        </List.Item>
        <List.Item>
          Press <b>Save and dry run</b>, in an organization for up to 10 repositories, and look through the finds. Is
          one no token of yours, take the stricter form and run again.
        </List.Item>
        <List.Item>
          Press <b>Publish pattern</b>. GitHub scans the whole history of all branches.
        </List.Item>
        <List.Item>
          Beside push protection press <b>Enable</b>: from now on a push that carries a token is stopped.
        </List.Item>
      </List>
      <Text>
        An alert stays inside GitHub until somebody sends it here: by GitHub’s alert webhook, to{' '}
        <span className="mono break">{location.origin}/leaks/github/webhook</span>, once whoever runs the server has set
        it up; or by hand, on <Anchor href="/leaks">the page for whoever found a token</Anchor>. What follows is in the{' '}
        <Anchor component={Link} to={`/${account.id}/security-rules`}>
          security rules
        </Anchor>
        . More in <Outward href={githubDocs}>GitHub’s documentation</Outward>.
      </Text>
    </Stack>
  )
}

function Partner({ mark }: { mark: string }) {
  const isShared = mark.startsWith('scalr')
  return (
    <Stack gap={12} className="prose">
      <Text>
        GitHub scans everything public for the secrets of its partners and posts what it finds to them. Mintmark is
        ready to be told. Write to <Anchor href="mailto:secret-scanning@github.com">secret-scanning@github.com</Anchor>{' '}
        and send them:
      </Text>
      <Field name="Name of the secret" value="mintmark_token" />
      <Field name="Address of the receiver" value={`${location.origin}/leaks/github`} />
      <Text>
        They also ask for a precise expression, which is the file for any scanner below, and for a test account: a
        person without rights, with a token to lose. Tell them that you give feedback.
      </Text>
      {isShared && (
        <Text c="dimmed">
          The mint mark of this installation is <span className="mono">{mark}</span>. All installations whose mark
          begins with scalr share one expression, so they cannot all be partners: for a programme of your own, start
          with a mark of your own.
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
    save.run(async () => saveFile(file, 'text/plain;charset=utf-8', await text(`/leaks/patterns?format=${format}`)))
  return (
    <Stack gap={12}>
      <Text>Rule files made from the mint mark and the address of this installation. None of them is a secret.</Text>
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
      <Refusal text={save.rest()} />
      <Text c="dimmed">
        On your own machine <span className="mono">mintmark scan</span> needs none of them.
      </Text>
    </Stack>
  )
}
