/** The three spellings of one name: `createdAt` in code, `created-at` on the wire, `created_at` in columns and paths. */
export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

export const snake = (name: string): string => kebab(name).replaceAll('-', '_')

export const camel = (name: string): string =>
  name.replace(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export const pascal = (name: string): string => {
  const spelled = camel(name)
  return spelled.charAt(0).toUpperCase() + spelled.slice(1)
}

/** The member of a record that contains the ID of a to-one relation: `accountId` for `account`. */
export const idOf = (relation: string): string => `${relation}Id`
