/**
 * authority: the server that mints, lists, rotates, judges and ends tokens, and decides who may. It will never keep a
 * secret it can do without, answer yes on stale knowledge, or do a deed without its audit row.
 */
export { type App, type AppOptions, buildApp } from './app.ts'
export { type Flags, readSettings, type Settings, WrongUsage } from './config.ts'
export { type PrepareWish, prepare, type ServeOptions, serve, signInLink, verifyAudit } from './main.ts'
