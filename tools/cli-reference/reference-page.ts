/** Generates `docs/reference/cli.md` from the declarations of the commands. */
import { type DescribedCommand, type DescribedOption, describeProgram, sharedFlags } from './describe-commands.ts'

const introduction = `# CLI reference

\`mintmark\` initializes and serves an installation, and is a client for terminals and scripts. \`mintmark help <command>\` prints the description of a command. The same
text as a man page: \`man ./man/mintmark.1\`.

## Sign in

\`\`\`sh
mintmark auth login --host mintmark.example.com   # approve the token in the console
mintmark auth status                              # profiles and whether their tokens are valid
mintmark auth switch mintmark.example.com         # choose the default profile
\`\`\`

CI jobs set \`MINTMARK_URL\` and \`MINTMARK_TOKEN\`, or \`MINTMARK_TOKEN_FILE\`. There is no option for a token or another secret, because other users of the machine can see command lines:
secrets are read from a file or standard input, such as \`mintmark variable create DB_PASSWORD --sensitive --value-file -\`.

## Output

Results are printed to stdout, everything else to stderr. Lists are tables; on a terminal, long cells are shortened to its width. For programs:

\`\`\`sh
mintmark token list --json                                     # all members
mintmark token list --json id,name,expires-at                  # some of them
mintmark token report --unused 90d --json id | jq -r '.[].id'  # with jq
mintmark token report --limit all --output csv > tokens.csv    # for spreadsheets; formulas are neutralized
mintmark api access-tokens --paginate | jq '.data | length'    # any request
\`\`\`

A list has at most 1,000 entries unless \`--limit\` says otherwise; a message on stderr says if there are more. Colors are used on terminals only, and never if \`NO_COLOR\` or \`--no-color\` is set.

## Deleting

Commands that delete something ask for confirmation on a terminal. Elsewhere they require \`--yes\`. \`--dry-run\` shows what would be deleted.

## Exit codes

| code | meaning |
|---|---|
| 0 | success |
| 1 | the server refused the request, or the command failed; the reason is on stderr |
| 2 | usage error: unknown command, invalid option or setting, or a deletion without \`--yes\` outside of a terminal |
| 3 | \`mintmark scan\` found tokens |

## Shell completion

\`\`\`sh
mintmark completion bash > ~/.local/share/bash-completion/completions/mintmark   # requires bash-completion
mintmark completion zsh > "\${fpath[1]}/_mintmark"
mintmark completion fish > ~/.config/fish/completions/mintmark.fish
mintmark completion powershell >> $PROFILE
\`\`\`
`

export async function cliReferencePage(): Promise<string> {
  const program = await describeProgram()
  const shared = [...sharedOptions(program).values()]
  return [
    introduction,
    '## Options of all client commands\n',
    optionTable(shared),
    '## Environment\n',
    codeBlock(program.after, 'text'),
    ...program.commands.flatMap((command) => section(command, 2)),
  ].join('\n')
}

/** The options that are described once, by their flags. */
function sharedOptions({ options, commands }: DescribedCommand): Map<string, DescribedOption> {
  const own = options.filter(({ flags }) => sharedFlags.includes(flags)).map((each) => [each.flags, each] as const)
  return new Map([...commands.flatMap((each) => [...sharedOptions(each)]), ...own].toReversed())
}

function section({ path, usage, about, options, after, commands }: DescribedCommand, level: number): string[] {
  const own = options.filter(({ flags }) => !sharedFlags.includes(flags))
  return [
    `${'#'.repeat(level)} mintmark ${path}\n`,
    `${escaped(about)}\n`,
    ...(commands.length === 0 ? [codeBlock(usage, 'text')] : []),
    ...(own.length > 0 ? [optionTable(own)] : []),
    ...(after ? [codeBlock(after, 'text')] : []),
    ...commands.flatMap((each) => section(each, level + 1)),
  ]
}

const codeBlock = (text: string, language: string) => `\`\`\`${language}\n${text}\n\`\`\`\n`

const optionTable = (options: readonly DescribedOption[]) =>
  `| option | description |\n|---|---|\n${options.map(({ flags, about }) => `| \`${cell(flags)}\` | ${cell(escaped(about))} |`).join('\n')}\n`

const escaped = (text: string) => text.replace(/[<>*[\]]/g, '\\$&')

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
