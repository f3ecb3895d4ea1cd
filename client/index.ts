/**
 * client: a small typed HTTP client drawn from `contract/`. A declared operation and plain values go in, plain values
 * come out, and every refusal is one error. It will never show the token it was given, send it elsewhere or over a wire
 * that others can read, follow a redirect, try again by itself, or read the environment.
 */
export { type Exchange, exchangeCode } from './authorize.ts'
export type { Answered, Asked, Callable, Found, Listed, Page, Taken } from './calls.ts'
export { checkLeaks, type TokenState } from './check-leaks.ts'
export { type Calls, type Client, connect, connectSession, type Introspection, sessionHeaders } from './connect.ts'
export { type Fault, Refused } from './refused.ts'
export { type FoundAt, type FoundToken, reportLeaks } from './report-leaks.ts'
export type { Server } from './send.ts'
export { Unreachable, type UnreachableReason } from './unreachable.ts'
