export { deleteOpenCodes as cancelCodesOf } from './code-store.ts'
