/** The variables that a place has from wider ones. They are changed where they come from. */
import { Anchor, Group, Pagination, Stack, Text } from '@mantine/core'
import { environments, vars } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAddress } from '../parts/address.ts'
import { Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded } from '../parts/states.tsx'
import { everyOf, pageOf, useByIds } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { describeVariable, type Variable } from './variable-columns.tsx'

const pageSize = 25

/** What is searched and filtered for above is found here too. */
export function InheritedVariables({ scope }: { scope: ScopePath }) {
  const [{ q = '', category = '' }] = useAddress()
  return <Inherited key={`${q} ${category}`} scope={scope} words={q} category={category} />
}

function Inherited({ scope, words, category }: { scope: ScopePath; words: string; category: string }) {
  const { account, environment, workspace } = scope
  const why = useWhyNot()('variables:read', { account })
  const [number, setNumber] = useState(1)
  const found = useQuery(
    pageOf(vars, 'list', {
      filters: {
        account,
        environment: workspace ? `in:null,${environment}` : 'in:null',
        workspace: 'in:null',
        ...(category ? { category } : {}),
      },
      ...(words ? { words } : {}),
      sort: ['key'],
      page: { number, size: pageSize },
    }),
  )
  return (
    <Panel title="Inherited" flush>
      <Stack gap={2} px={14} pt={12} pb={4}>
        <Text c="dimmed">From wider places, and changed there.</Text>
        {why && <Text c="dimmed">Those that you may not read are left out.</Text>}
      </Stack>
      <Loaded of={found} rows={2}>
        {({ records, totalCount }) =>
          totalCount === 0 ? (
            <Text px={14} pb={12}>
              {words || category ? 'None of them matches.' : 'There are none.'}
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
                    getControlProps={(control) => ({ 'aria-label': `${control} page of those inherited` })}
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
  const known = useByIds(
    environments,
    of.map(({ environmentId }) => environmentId),
  )
  const { data: all } = useQuery(everyOf(vars, 'list', { filters: ofSameKeys(of, scope) }))
  const columns: readonly Column<Variable>[] = [
    ...describeVariable,
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
    { name: 'Holds here', cell: (variable) => <span className="quiet">{all && holds(variable, all, scope)}</span> },
  ]
  return <Records label="Inherited variables" rows={of} columns={columns} />
}

const ofSameKeys = (of: readonly Variable[], { account, environment, workspace }: ScopePath) => ({
  account,
  environment: `in:null,${environment}`,
  workspace: workspace ? `in:null,${workspace}` : 'in:null',
  key: `in:${of.map(({ key }) => key).join(',')}`,
})

/** Of one key and kind the narrowest holds, unless a wider one is final. */
function holds(of: Variable, all: readonly Variable[], scope: ScopePath): string {
  const rivals = all
    .filter((each) => each.id !== of.id && each.key === of.key && kindOf(each) === kindOf(of))
    .sort((one, other) => depth(one) - depth(other))
  const over = rivals.find((each) => each.final && depth(each) < depth(of))
  if (over) return 'no: a wider one is final'
  const narrower = rivals.filter((each) => depth(each) > depth(of))
  const below = narrower.find((each) => each.final) ?? narrower.at(-1)
  if (!below) return 'yes'
  const where = below.workspaceId ? 'this workspace' : scope.workspace ? 'the environment' : 'this environment'
  return of.final ? `yes: it is final, although ${where} has its own` : `no: ${where} has its own`
}

/** How deep it lies. */
const depth = ({ environmentId, workspaceId }: Variable) => (workspaceId ? 2 : environmentId ? 1 : 0)

/** `env` is the older word for `shell`. */
const kindOf = ({ category }: Variable) => (category === 'env' ? 'shell' : category)
