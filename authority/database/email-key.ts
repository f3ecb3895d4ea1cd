/**
 * The key under which a person's e-mail address is stored, looked up and unique: composed (NFC), without regard to letter
 * case in any script. Computed here only, never in SQL, so that both databases and JavaScript agree on what is equal.
 */
export function emailKey(address: string): string {
  // By way of the capitals: ς and σ, ſ and s, ı and i, ß and ss are each one.
  return address.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}
