/** Adds the commands of a resource: list, show, create, update, delete and its actions, as far as the API has them. */
import type { Client, Found, Page } from '@mintmark/client'
import { camel, kebab, type Operation, operationsOf, type Resource, resourceByType } from '@mintmark/contract'
import type { Command } from 'commander'
import { findId, hasNames, kindOf, nameAttribute } from '../arguments/find-by-name.ts'
import { type ClientFlags, clientCommand, openClient, untyped } from '../client-command.ts'
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts'
import { type ListFlags, listCommand, listPrinter } from '../output/list-command.ts'
import { print, printJson } from '../output/print.ts'
import { recordText } from '../output/record-text.ts'
import { toJson } from '../output/to-json.ts'
import { WrongUsage } from '../report-error.ts'
import { filterOptions, readFilters, sortOption } from './filters.ts'
import { addOptions, attributeOptions, givenInputs, inputOptions, readInput, sentence } from './input.ts'
import { type ResourceCommands, type ResourceGroup, resourceCommands } from './resources.ts'

type Flags = ClientFlags & Readonly<Record<string, unknown>>

/** Adds the commands, except those of `own`, which the group has of its own. */
export function addResource(parent: Command, group: ResourceGroup, own: readonly string[] = []): void {
  const declared: ResourceCommands = resourceCommands[group]
  for (const operation of operationsOf(declared.of)) {
    const { name, kind } = operation
    if (own.includes(name) || declared.without?.includes(name)) continue
    const add = kind === name || kind === 'action' ? adders[kind] : undefined
    add?.(parent, declared, operation)
  }
}

const adders: Partial<
  Record<Operation['kind'], (parent: Command, declared: ResourceCommands, operation: Operation) => void>
> = {
  list: addList,
  show: addShow,
  create: addCreate,
  update: addUpdate,
  remove: addDelete,
  action: addAction,
}

const article = (of: Resource) => `${/^[aeio]/.test(kindOf(of)) ? 'an' : 'a'} ${kindOf(of)}`

const argumentOf = (of: Resource) => (hasNames(of) ? `<${nameAttribute(of)} or ID>` : '<ID>')

function addList(
  parent: Command,
  declared: ResourceCommands,
  { filters = [], sort: sorts = [], unpaginated }: Operation,
): void {
  const { of, columns, plural, sort, without = [] } = declared
  const command = listCommand(parent, 'list', `List ${plural}.`)
  const options = filterOptions(
    of,
    filters.filter((name) => !without.includes(name) || name in of.relations),
    'only those with this',
  )
  for (const { option } of options) command.addOption(option)
  if (!unpaginated)
    command.option(
      '--search <text>',
      'only those that contain this text in their ID, name, description or email address',
    )
  if (sorts.length > 0) command.addOption(sortOption(sorts, sort))
  command.action(async (flags: ListFlags & Readonly<Record<string, unknown>>) => {
    const printList = listPrinter(of, flags, { columns, emptyText: `No ${plural}.` })
    const client = await openClient(flags)
    const order = (flags['sort'] as string | undefined) ?? sort
    const shared = {
      filters: await readFilters(client, options, flags),
      ...(flags['search'] ? { search: flags['search'] as string } : {}),
      ...(order ? { sort: [order] } : {}),
    }
    await printList(
      (page, related) => untyped(client).call(of, 'list', { ...shared, ...related, page }) as Promise<Page<Resource>>,
    )
  })
}

/** Adds the argument that names an object, and the options that limit where its name is searched. */
function withObject(command: Command, { of, within = [] }: ResourceCommands) {
  const options = filterOptions(of, within, 'look for the name only in this')
  command.argument(argumentOf(of))
  for (const { option } of options) command.addOption(option)
  return async (client: Client, nameOrId: string, flags: Flags) => {
    const id = await findId(client, of, nameOrId, await readFilters(client, options, flags))
    return { id, path: { [camel(of.param)]: id } }
  }
}

function show(of: Resource, record: Found, { json }: ClientFlags): void {
  if (json) printJson(toJson(of, record))
  else print(recordText(of, record))
}

function addShow(parent: Command, declared: ResourceCommands): void {
  const { of } = declared
  const command = clientCommand(parent, 'show', `Show ${article(of)}.`)
  const find = withObject(command, declared)
  command.action(async (nameOrId: string, flags: Flags) => {
    const client = await openClient(flags)
    const { path } = await find(client, nameOrId, flags)
    show(of, (await untyped(client).call(of, 'show', { path })) as Found, flags)
  })
}

/** Options for query parameters that are switched on, such as `force`. */
function parameterOptions(command: Command, { parameters = {} }: Operation) {
  const switches = Object.entries(parameters).filter(([, { values }]) => values?.includes('true'))
  for (const [name, { about }] of switches) command.option(`--${name}`, sentence(about))
  return (flags: Flags) => Object.fromEntries(switches.flatMap(([name]) => (flags[name] ? [[name, 'true']] : [])))
}

function addCreate(parent: Command, { of, without = [] }: ResourceCommands, operation: Operation): void {
  const command = clientCommand(parent, 'create', `Create ${article(of)}.`)
  const name = nameAttribute(of)
  const isNamed = of.attributes[name]?.required === true
  if (isNamed) command.argument(`<${kebab(name)}>`)
  const inputs = addOptions(
    command,
    inputOptions(of, 'create').filter((each) => !(isNamed && each.name === name) && !without.includes(each.name)),
  )
  const parametersIn = parameterOptions(command, operation)
  command.action(async (...args: unknown[]) => {
    const [given, flags] = (isNamed ? args : [undefined, ...args]) as [string | undefined, Flags]
    const client = await openClient(flags)
    const input = { ...(await readInput(client, inputs, flags)), ...(isNamed ? { [name]: given } : {}) }
    show(of, (await untyped(client).call(of, 'create', { input, parameters: parametersIn(flags) })) as Found, flags)
  })
}

function addUpdate(parent: Command, declared: ResourceCommands, operation: Operation): void {
  const { of, without = [] } = declared
  const command = clientCommand(parent, 'update', `Update ${article(of)}. Members that are not given stay as they are.`)
  const find = withObject(command, declared)
  const inputs = addOptions(
    command,
    inputOptions(of, 'update').filter((each) => !without.includes(each.name)),
  )
  const parametersIn = parameterOptions(command, operation)
  command.action(async (nameOrId: string, flags: Flags) => {
    if (givenInputs(inputs, flags).length === 0) throw new WrongUsage('expected at least one option for what to change')
    const client = await openClient(flags)
    const { path } = await find(client, nameOrId, flags)
    const input = await readInput(client, inputs, flags)
    show(
      of,
      (await untyped(client).call(of, 'update', { path, input, parameters: parametersIn(flags) })) as Found,
      flags,
    )
  })
}

function addDelete(parent: Command, declared: ResourceCommands): void {
  const { of, consequence } = declared
  const command = withConfirmation(
    clientCommand(parent, 'delete', `Delete ${article(of)}.${consequence ? ` ${consequence}` : ''}`),
  )
  const find = withObject(command, declared)
  command.action(async (nameOrId: string, flags: Flags & ConfirmFlags) => {
    await confirm(`Delete the ${kindOf(of)} ${nameOrId}?${consequence ? ` ${consequence}` : ''}`, flags)
    const client = await openClient(flags)
    const { id, path } = await find(client, nameOrId, flags)
    const record = flags.dryRun
      ? await untyped(client).call(of, 'show', { path })
      : await untyped(client).call(of, 'remove', { path })
    if (flags.json) return printJson({ id, deleted: record === undefined })
    if (record === undefined) return print(`Deleted ${id}.`)
    print(`Would delete:\n${recordText(of, record as Found)}`)
  })
}

/** Actions on one object, such as `lock`. Those whose path names another object have no command. */
function addAction(parent: Command, declared: ResourceCommands, operation: Operation): void {
  const { of } = declared
  const { name, path: url, about, body = {}, inputDocument, returns } = operation
  if (inputDocument || !/^[^{]*\{\w+\}[^{]*$/.test(url)) return
  const command = clientCommand(parent, kebab(name), about)
  const find = withObject(command, declared)
  const inputs = addOptions(command, attributeOptions(body))
  for (const option of command.options) if (body[option.attributeName()]?.required) option.makeOptionMandatory()
  command.action(async (nameOrId: string, flags: Flags) => {
    const client = await openClient(flags)
    const { id, path } = await find(client, nameOrId, flags)
    const input = await readInput(client, inputs, flags)
    const result = await untyped(client).call(of, name, { path, ...(operation.body ? { input } : {}) })
    if (result !== undefined)
      return show(typeof returns === 'object' ? (resourceByType.get(returns.type) ?? of) : of, result as Found, flags)
    if (flags.json) printJson({ id, done: true })
    else print(`Done: ${kebab(name)} ${id}.`)
  })
}
