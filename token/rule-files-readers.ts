/** Minimal TOML and YAML parsers for the rule files. Anything that real parsers might read differently is an error. */

type Value = string | number | boolean | string[]

/** Returns values by the path of table and key, `rules.id`. Tables of an array are numbered from the second on, `allowlists.2.regexes`. */
export function readToml(text: string): Record<string, Value> {
  const values: Record<string, Value> = {}
  let table = ''
  const tables = new Map<string, number>()
  let rest = text
  while (rest !== '') {
    const [line, key, value] =
      /^(?:#[^\n]*)?\n/.exec(rest) ??
      /^(?:\[([a-z.]+)\]|\[\[([a-z.]+)\]\])\n/.exec(rest) ??
      /^([a-zA-Z]+) = ('''\n(?:(?!''')[\s\S])*'''|'[^'\n]*'|"[^"\n]*"|\[(?:"[^"\n]*"|'[^'\n]*')(?:, (?:"[^"\n]*"|'[^'\n]*'))*\]|true|\d+)\n/.exec(
        rest,
      ) ??
      fail(rest)
    if (line.startsWith('[')) {
      const name = `${key ?? value}.`
      const count = (tables.get(name) ?? 0) + 1
      tables.set(name, count)
      table = count === 1 ? name : `${name}${count}.`
    } else if (key && value) values[`${table}${key}`] = tomlValue(value)
    rest = rest.slice(line.length)
  }
  return values
}

/** Returns the lines of a detector by key. A list item is the value of the key above it. */
export function readYaml(text: string): Record<string, Value> {
  const values: Record<string, Value> = {}
  let above = ''
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('#')) continue
    const [, , key, value] =
      /^( *(?:- )?)([a-z]+):(?: ('[^']*'|"[^"]*"|[a-z]+))?$/.exec(line) ??
      /^( *- )()("[^"]*")$/.exec(line) ??
      fail(line)
    if (key) above = key
    if (value) values[key || above] = yamlValue(value)
  }
  return values
}

function tomlValue(value: string): Value {
  if (value.startsWith("'''\n")) return value.slice(4, -3)
  if (value.startsWith('[')) return (value.match(/"[^"]*"|'[^']*'/g) ?? []).map((each) => tomlValue(each) as string)
  return value.startsWith("'") ? value.slice(1, -1) : JSON.parse(value)
}

function yamlValue(value: string): Value {
  if (value.startsWith("'")) return value.slice(1, -1)
  if (value.startsWith('"')) return JSON.parse(value)
  return value === 'true' || value === 'false' ? value === 'true' : value
}

function fail(rest: string): never {
  throw new SyntaxError(`cannot be read: ${rest.slice(0, 80)}`)
}
