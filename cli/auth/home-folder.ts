import { homedir } from 'node:os'

/** The home folder. The environment is asked first, because `homedir` ignores that of a thread. */
export const homeFolder = (): string => process.env['HOME'] || homedir()
