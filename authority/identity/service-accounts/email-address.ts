import type { Context } from '../../context.ts'
import { findServiceAccountByEmail } from './service-account-store.ts'

/** In octets, from RFC 5321 section 4.5.3.1.1 and RFC 1035 section 2.3.4. Both parts are ASCII. */
const localPartMax = 64
const labelMax = 63
const suffixCharacters = 6

/**
 * Returns `<name>@<account>.<host>`: clients take the API host from the domain. Characters other than letters, digits, dots,
 * hyphens and underscores are replaced, so two names may map to one address; the end of the id then makes it unique.
 */
export async function newEmailAddress(
  { db, installation }: Pick<Context, 'db'> & { readonly installation: Pick<Context['installation'], 'host'> },
  { id, account, name }: { readonly id: string; readonly account: string; readonly name: string },
): Promise<string> {
  const local = localPartOf(name)
  const domain = `${labelOf(account)}.${installation.host}`
  const address = `${local}@${domain}`
  if (!(await findServiceAccountByEmail(db, address))) return address
  const suffix = `-${id.slice(-suffixCharacters)}`
  return `${local.slice(0, localPartMax - suffix.length)}${suffix}@${domain}`
}

/** Returns a dot-atom (RFC 5322 section 3.2.3): no leading, trailing or consecutive dots. */
function localPartOf(name: string): string {
  const word = plainLetters(name)
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
  return trimmed(trimmed(word).slice(0, localPartMax)) || 'service-account'
}

function labelOf(accountName: string): string {
  const word = plainLetters(accountName).replace(/[^a-z0-9]+/g, '-')
  return trimmed(trimmed(word).slice(0, labelMax)) || 'account'
}

/** Replaces `é` with `e`. Non-Latin letters stay. */
const plainLetters = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** Strips leading and trailing dots and hyphens. */
function trimmed(word: string): string {
  let [start, end] = [0, word.length]
  while (start < end && '.-'.includes(word[start] as string)) start++
  while (start < end && '.-'.includes(word[end - 1] as string)) end--
  return word.slice(start, end)
}
