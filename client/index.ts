/**
 * client: a small typed HTTP client derived from `contract/`. It calls declared operations with plain values, returns
 * plain values, and throws one error for every refusal. It never reveals its token, sends it to another server or
 * unencrypted over a network, follows redirects, retries by itself, or reads the environment.
 */
export { type Exchange, exchangeCode } from './authorize.ts'
export type { Callable, CallInput, CallOptions, CallResult, Found, Listed, Page } from './calls.ts'
export { checkLeaks, type TokenState } from './check-leaks.ts'
export { type Calls, type Client, connect, connectSession, type Introspection, sessionHeaders } from './connect.ts'
export { type Fault, Refused } from './refused.ts'
export { type FoundAt, type FoundToken, reportLeaks } from './report-leaks.ts'
export type { ApiResponse, Server } from './send.ts'
export { Unreachable, type UnreachableReason } from './unreachable.ts'
