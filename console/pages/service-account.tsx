export function ServiceAccount() {
  return null
}
