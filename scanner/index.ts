/**
 * scanner: finds leaked tokens in text, files, archives and git history, and returns their locations. Found tokens are
 * held as `Secret`. It never writes files, changes repositories, uses the network, runs programs other than git, or
 * decides whether a token is still valid.
 */
export { defaultLimits, type Limits } from './budget.ts'
export { GitFailed, type Repository } from './git.ts'
export type { How } from './read-content.ts'
export {
  type Counts,
  defaultMark,
  type Incomplete,
  type Leak,
  Scan,
  type TokenLocation,
} from './scan.ts'
export { scanGit, scanStaged } from './scan-git.ts'
export { scanPaths } from './scan-paths.ts'
export { scanStream } from './scan-stream.ts'
export { findTokens } from './token-search.ts'
