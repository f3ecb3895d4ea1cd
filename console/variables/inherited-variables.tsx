/** Variables inherited from wider scopes. They are edited where they are defined. */
import { Anchor, Group, Pagination, Stack, Text } from '@mantine/core'
import { environments, vars } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded } from '../parts/states.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { allRecordsQuery, pageQuery, useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { commonColumns, type Variable } from './variable-columns.tsx'

const pageSize = 25

/** Uses the search and filters of the list above. */
export function InheritedVariables({ scope }: { scope: ScopePath }) {
  const [{ q = '', category = '' }] = useUrlQuery()
  return <Inherited key={`${q} ${category}`} scope={scope} words={q} category={category} />
}

function Inherited({ scope, words, category }: { scope: ScopePath; words: string; category: string }) {
  const { account, environment, workspace } = scope
  const disabledReason = useDenialReason()('variables:read', { account })
  const [number, setNumber] = useState(1)
  const found = useQuery(
    pageQuery(vars, 'list', {
      filters: {
        account,
        environment: workspace ? `in:null,${environment}` : 'in:null',
        workspace: 'in:null',
        ...(category ? { category } : {}),
      },
      ...(words ? { search: words } : {}),
      sort: ['key'],
      include: ['environment'],
      page: { number, size: pageSize },
    }),
  )
  return (
    <Panel title="Inherited" flush>
      <Stack gap={2} px={14} pt={12} pb={4}>
        <Text c="dimmed">Defined in a wider scope. Edit them there.</Text>
        {disabledReason && <Text c="dimmed">Variables that you cannot read are not shown.</Text>}
      </Stack>
      <Loaded of={found} rows={2}>
        {({ records, totalCount }) =>
          totalCount === 0 ? (
            <Text px={14} pb={12}>
              {words || category ? 'No results.' : 'No inherited variables.'}
            </Text>
          ) : (
            <>
              <Rows of={records} scope={scope} />
              {totalCount > pageSize && (
                <Group justify="flex-end" p={10} style={{ borderTop: '1px solid var(--line)' }}>
                  <Pagination
                    size="sm"
                    total={Math.ceil(totalCount / pageSize)}
                    value={number}
                    onChange={setNumber}
                    getControlProps={(control) => ({ 'aria-label': `${control} page of inherited variables` })}
                  />
                </Group>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Rows({ of, scope }: { of: readonly Variable[]; scope: ScopePath }) {
  const { id, name } = useAccount()
  const known = useRecordsById(
    environments,
    of.map(({ environmentId }) => environmentId),
  )
  const { data: all } = useQuery(allRecordsQuery(vars, 'list', { filters: sameKeyFilters(of, scope) }))
  const columns: readonly Column<Variable>[] = [
    ...commonColumns,
    {
      name: 'From',
      cell: ({ environmentId }) => (
        <Anchor
          component={Link}
          to={environmentId ? `/${id}/environments/${environmentId}` : `/${id}/environments`}
          search={{ tab: 'variables' } as never}
          className="break"
        >
          {environmentId ? (known.get(environmentId)?.name ?? environmentId) : `Account ${name}`}
        </Anchor>
      ),
    },
    {
      name: 'Applies here',
      cell: (variable) => <span className="quiet">{all && appliesHere(variable, all, scope)}</span>,
    },
  ]
  return <Records label="Inherited variables" rows={of} columns={columns} />
}

const sameKeyFilters = (of: readonly Variable[], { account, environment, workspace }: ScopePath) => ({
  account,
  environment: `in:null,${environment}`,
  workspace: workspace ? `in:null,${workspace}` : 'in:null',
  key: `in:${of.map(({ key }) => key).join(',')}`,
})

/** Among variables with the same key and category, the narrowest applies, unless a wider one is final. */
function appliesHere(of: Variable, all: readonly Variable[], scope: ScopePath): string {
  const rivals = all
    .filter((each) => each.id !== of.id && each.key === of.key && kindOf(each) === kindOf(of))
    .sort((one, other) => scopeDepth(one) - scopeDepth(other))
  const over = rivals.find((each) => each.final && scopeDepth(each) < scopeDepth(of))
  if (over) return 'No, overridden by a final variable'
  const narrower = rivals.filter((each) => scopeDepth(each) > scopeDepth(of))
  const below = narrower.find((each) => each.final) ?? narrower.at(-1)
  if (!below) return 'Yes'
  const where = below.workspaceId ? 'this workspace' : scope.workspace ? 'the environment' : 'this environment'
  return of.final ? `Yes, final: overrides ${where}` : `No, overridden by ${where}`
}

/** 0 for the account, 1 for an environment, 2 for a workspace. */
const scopeDepth = ({ environmentId, workspaceId }: Variable) => (workspaceId ? 2 : environmentId ? 1 : 0)

/** `env` is the older name of `shell`. */
const kindOf = ({ category }: Variable) => (category === 'env' ? 'shell' : category)
