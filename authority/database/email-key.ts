/**
 * The key under which an email address is stored, looked up and unique: composed (NFC) and case-insensitive in any script.
 * Always computed here, never in SQL, so that both databases and JavaScript agree on equality. Letters that are not each
 * other's upper case stay distinct (ß and ss, ı and i, ſ and s): those are different mailboxes.
 */
export const emailKey = (address: string): string => address.normalize('NFC').toLowerCase().normalize('NFC')
