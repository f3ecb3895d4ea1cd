export { hasSecondFactor, requiresSecondFactor } from './account-store.ts'
