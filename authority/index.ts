/**
 * The server that creates, lists, rotates, verifies and revokes tokens, and authorizes every request. It never stores a secret
 * that it can do without, never accepts a token by stale data, and never commits a change without its audit event.
 */
export { type App, type AppOptions, buildApp } from './app.ts'
export {
  type PrepareOptions,
  prepare,
  type ServeOptions,
  serve,
  signInLink,
  verifyAudit,
} from './main.ts'
export { type Flags, readSettings, type Settings, WrongUsage } from './setup/config.ts'
export { type Check, diagnose } from './setup/diagnose.ts'
