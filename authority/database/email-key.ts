/**
 * The key under which a person's e-mail address is stored, looked up and unique: composed (NFC), without regard to letter
 * case in any script. Computed here only, never in SQL, so that both databases and JavaScript agree on what is equal.
 * Letters that are not each other's capital stay apart (ß and ss, ı and i, ſ and s): those are other mailboxes.
 */
export const emailKey = (address: string): string => address.normalize('NFC').toLowerCase().normalize('NFC')
