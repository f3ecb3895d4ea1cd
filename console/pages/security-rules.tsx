/** The security rules and leak rules of the account. */
import { Button, Group, SimpleGrid, Stack, Switch, Text } from '@mantine/core'
import { shallowEqual } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { auditEvents, leakRules, limits, securityRules } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { LeakRulesForm } from '../leaks/leak-rules-form.tsx'
import { DurationInput, isValidDuration } from '../parts/duration-input.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ErrorAlert, Loaded, NoAccess } from '../parts/states.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { ReadOnlyNotice, useUnsavedChangesPrompt } from '../parts/unsaved-changes.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, recordQuery } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

export function SecurityRules() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const rules = useQuery({ ...recordQuery(securityRules, 'show', { filters: { account: account.id } }), retry: false })
  const hiddenReason = denialReason('leak-rules:read', { account: account.id })
  const leaks = useQuery({
    ...recordQuery(leakRules, 'show', { filters: { account: account.id } }),
    retry: false,
    enabled: hiddenReason === null,
  })
  return (
    <Page title="Security rules" about="Rules apply to everyone in this account as soon as you save them.">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing={20} verticalSpacing={20} style={{ alignItems: 'start' }}>
        <Panel title="Tokens and service accounts">
          <Text mb={18}>Existing tokens keep their expiration.</Text>
          <Loaded of={rules}>
            {(data) => (
              <TokenRulesForm
                key={data.id}
                of={data}
                disabledReason={denialReason('security-rules:update', { account: account.id })}
              />
            )}
          </Loaded>
        </Panel>
        <Panel title="When a token leaks">
          {hiddenReason ? (
            <NoAccess reason={hiddenReason} />
          ) : (
            <Loaded of={leaks}>
              {(data) => (
                <LeakRulesForm
                  key={data.id}
                  of={data}
                  disabledReason={denialReason('leak-rules:update', { account: account.id })}
                />
              )}
            </Loaded>
          )}
        </Panel>
      </SimpleGrid>
    </Page>
  )
}

const lifetimeMax = limits.tokenLifetimeMinutesMax
const firstLimit = 90 * 1_440

function TokenRulesForm({ of, disabledReason }: { of: Found<typeof securityRules>; disabledReason: string | null }) {
  const account = useAccount()
  const before = {
    maxPersonalTokenLifetime: of.maxPersonalTokenLifetime ?? null,
    maxServiceAccountTokenLifetime: of.maxServiceAccountTokenLifetime ?? null,
    requireOwnersForServiceAccounts: of.requireOwnersForServiceAccounts ?? false,
    enforceAgentPool: of.enforceAgentPool ?? false,
  }
  const [input, setInput] = useState(before)
  const set = (next: Partial<typeof input>) => setInput({ ...input, ...next })
  const save = useSave()
  const isChanged = !shallowEqual(input, before)
  const isRight =
    isValidDuration(input.maxPersonalTokenLifetime, lifetimeMax) &&
    isValidDuration(input.maxServiceAccountTokenLifetime, lifetimeMax)
  useUnsavedChangesPrompt(isChanged)
  const write = async (rules: typeof input) => {
    const saved = await call(securityRules, 'update', { filters: { account: account.id }, input: rules })
    await invalidate(securityRules, auditEvents)
    setInput(rules)
    return saved
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(() =>
      saveWithUndo({ before, after: input, write, message: 'Saved the security rules. They apply from now on.' }),
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={18}>
        <ReadOnlyNotice reason={disabledReason} />
        <DurationInput
          label="Personal access tokens"
          limit={{ label: 'Limit lifetime', first: firstLimit, off: 'No limit.' }}
          value={input.maxPersonalTokenLifetime}
          onChange={(maxPersonalTokenLifetime) => set({ maxPersonalTokenLifetime })}
          max={lifetimeMax}
          error={save.errorAt('/data/attributes/max-personal-token-lifetime')}
          disabled={disabledReason !== null}
        />
        <DurationInput
          label="Service account tokens"
          limit={{ label: 'Limit lifetime', first: firstLimit, off: 'No limit.' }}
          value={input.maxServiceAccountTokenLifetime}
          onChange={(maxServiceAccountTokenLifetime) => set({ maxServiceAccountTokenLifetime })}
          max={lifetimeMax}
          error={save.errorAt('/data/attributes/max-service-account-token-lifetime')}
          disabled={disabledReason !== null}
        />
        <Switch
          label="Require owners for service accounts"
          description="New service accounts must have an owning team. Existing service accounts are not affected."
          checked={input.requireOwnersForServiceAccounts}
          disabled={disabledReason !== null}
          onChange={(event) => set({ requireOwnersForServiceAccounts: event.currentTarget.checked })}
        />
        <Switch
          label="Require an agent pool"
          description="For Scalr clients that read this setting. Mintmark itself runs no workloads."
          checked={input.enforceAgentPool}
          disabled={disabledReason !== null}
          onChange={(event) => set({ enforceAgentPool: event.currentTarget.checked })}
        />
        <ErrorAlert text={save.otherErrors()} />
        {!disabledReason && (
          <Group>
            <Button type="submit" loading={save.busy} disabled={!isChanged || !isRight}>
              Save security rules
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
