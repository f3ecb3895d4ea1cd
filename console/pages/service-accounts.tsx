export function ServiceAccounts() {
  return null
}
