export { ownedAccounts } from './account-store.ts'
