const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'deleted before it was read',
  ENXIO: 'not a file or folder',
  ENOTSUP: 'not a file or folder',
}

/** Returns the reason of a file system error. Rethrows other errors. */
export function whyUnreadable(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined || code === undefined) throw error
  return reasons[code] ?? `cannot be read (${code})`
}
