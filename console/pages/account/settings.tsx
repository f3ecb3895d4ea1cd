/** The settings of the account. */
import { accounts } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Page, Panel } from '../../parts/page.tsx'
import { Loaded } from '../../parts/states.tsx'
import { ReadOnlyNotice } from '../../parts/unsaved-changes.tsx'
import { recordQuery } from '../../queries.ts'
import { useAccount } from '../../session/account.ts'
import { useDenialReason } from '../../session/rights.ts'
import { NameForm } from './name-form.tsx'
import { NetworksForm } from './networks-form.tsx'
import { SecondFactorForm } from './second-factor-form.tsx'
import { TransferForm } from './transfer-form.tsx'

export function AccountSettings() {
  const { id } = useAccount()
  const account = useQuery(recordQuery(accounts, 'show', { path: { account: id } }))
  const disabledReason = useDenialReason()('accounts:update', { account: id })
  return (
    <Page title="Settings" about="Settings apply to everyone in this account as soon as you save them.">
      <Loaded of={account}>
        {(of) => {
          const form = { of, isReadOnly: disabledReason !== null }
          return (
            <>
              <ReadOnlyNotice reason={disabledReason} />
              <Panel title="General">
                <NameForm {...form} />
              </Panel>
              <Panel title="Second factor">
                <SecondFactorForm {...form} />
              </Panel>
              <Panel title="Allowed networks">
                <NetworksForm {...form} />
              </Panel>
              {!form.isReadOnly && (
                <Panel title="Danger zone">
                  <TransferForm {...form} />
                </Panel>
              )}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
