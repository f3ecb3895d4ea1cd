/**
 * scanner: finds tokens that leaked, in text, files, archives and git history. Bytes come in, places go out; a token
 * that was found travels as a `Secret`. It never writes a file, changes a repository, asks the network, runs anything
 * but git, or says whether a token is still honoured.
 */
export { type Limits, usualLimits } from './budget.ts'
export { GitFailed, type Repository } from './git.ts'
export type { How } from './read-content.ts'
export { type Counts, type Incomplete, type Leak, type Place, Scan, usualMark } from './scan.ts'
export { scanGit, scanStaged } from './scan-git.ts'
export { scanPaths } from './scan-paths.ts'
export { scanStream } from './scan-stream.ts'
export { findTokens } from './token-search.ts'
