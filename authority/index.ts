/**
 * authority: the server that mints, lists, rotates, judges and ends tokens, and decides who may. It will never keep a
 * secret it can do without, answer yes from a stale replica, or do a deed without its audit row.
 */
export { type App, type AppOptions, buildApp } from './app.ts'
export {
  type PrepareOptions as PrepareWish,
  prepare,
  type ServeOptions,
  serve,
  signInLink,
  verifyAudit,
} from './main.ts'
export { type Flags, readSettings, type Settings, WrongUsage } from './setup/config.ts'
