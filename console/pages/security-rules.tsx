/** The rules of the account: how long tokens may live, who answers for machines, and what happens to a token that got out. */
import { Button, Group, SimpleGrid, Stack, Switch } from '@mantine/core'
import { shallowEqual } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { auditEvents, leakRules, limits, securityRules } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { LeakRulesForm } from '../leaks/leak-rules-form.tsx'
import { Duration, isDuration } from '../parts/duration.tsx'
import { Held, useLeaving } from '../parts/held.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { Loaded, Refusal } from '../parts/states.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { oneOf, refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

export function SecurityRules() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const rules = useQuery({ ...oneOf(securityRules, 'show', { filters: { account: account.id } }), retry: false })
  const leaks = useQuery({ ...oneOf(leakRules, 'show', { filters: { account: account.id } }), retry: false })
  return (
    <Page
      title="Security rules"
      about="They count from the moment they are saved, for everybody in the account. Tokens that are already out keep their end."
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing={20} verticalSpacing={20} style={{ alignItems: 'start' }}>
        <Panel title="Tokens and service accounts">
          <Loaded of={rules}>
            {(data) => (
              <TokenRulesForm key={data.id} of={data} why={whyNot('security-rules:update', { account: account.id })} />
            )}
          </Loaded>
        </Panel>
        <Panel title="When a token is found">
          <Loaded of={leaks}>
            {(data) => (
              <LeakRulesForm key={data.id} of={data} why={whyNot('leak-rules:update', { account: account.id })} />
            )}
          </Loaded>
        </Panel>
      </SimpleGrid>
    </Page>
  )
}

const most = limits.tokenLifetimeMinutesMax
const firstLimit = 90 * 1_440

function TokenRulesForm({ of, why }: { of: Found<typeof securityRules>; why: string | null }) {
  const account = useAccount()
  const before = {
    maxPersonalTokenLifetime: of.maxPersonalTokenLifetime ?? null,
    maxServiceAccountTokenLifetime: of.maxServiceAccountTokenLifetime ?? null,
    requireOwnersForServiceAccounts: of.requireOwnersForServiceAccounts ?? false,
    enforceAgentPool: of.enforceAgentPool ?? false,
  }
  const [wish, setWish] = useState(before)
  const set = (next: Partial<typeof wish>) => setWish({ ...wish, ...next })
  const save = useSave()
  const isChanged = !shallowEqual(wish, before)
  const isRight =
    isDuration(wish.maxPersonalTokenLifetime, most) && isDuration(wish.maxServiceAccountTokenLifetime, most)
  useLeaving(isChanged)
  const write = async (rules: typeof wish) => {
    const saved = await call(securityRules, 'update', { filters: { account: account.id }, wish: rules })
    await refresh(securityRules, auditEvents)
    setWish(rules)
    return saved
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(() => saveWithUndo({ before, wish, write, message: 'Saved the rules. They count from now on.' }))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={18}>
        <Held why={why} />
        <Duration
          label="Personal access tokens"
          limit={{ label: 'Limit how long they live', first: firstLimit, off: 'They may live without end.' }}
          value={wish.maxPersonalTokenLifetime}
          onChange={(maxPersonalTokenLifetime) => set({ maxPersonalTokenLifetime })}
          most={most}
          error={save.at('/data/attributes/max-personal-token-lifetime')}
          disabled={why !== null}
        />
        <Duration
          label="Service account tokens"
          limit={{ label: 'Limit how long they live', first: firstLimit, off: 'They may live without end.' }}
          value={wish.maxServiceAccountTokenLifetime}
          onChange={(maxServiceAccountTokenLifetime) => set({ maxServiceAccountTokenLifetime })}
          most={most}
          error={save.at('/data/attributes/max-service-account-token-lifetime')}
          disabled={why !== null}
        />
        <Switch
          label="Service accounts must have owners"
          description="Teams that answer for them. Those that have none stay as they are."
          checked={wish.requireOwnersForServiceAccounts}
          disabled={why !== null}
          onChange={(event) => set({ requireOwnersForServiceAccounts: event.currentTarget.checked })}
        />
        <Switch
          label="Work must run in an agent pool"
          description="Kept for the clients that ask for it; the authority itself runs nothing."
          checked={wish.enforceAgentPool}
          disabled={why !== null}
          onChange={(event) => set({ enforceAgentPool: event.currentTarget.checked })}
        />
        <Refusal text={save.rest()} />
        {!why && (
          <Group>
            <Button type="submit" loading={save.busy} disabled={!isChanged || !isRight}>
              Save rules
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
