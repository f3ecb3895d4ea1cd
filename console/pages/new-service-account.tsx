export function NewServiceAccount() {
  return null
}
