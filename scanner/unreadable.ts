const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'gone before it was read',
  ENXIO: 'neither file nor folder',
  ENOTSUP: 'neither file nor folder',
}

/** Why the system does not let us read something; throws what is no word of the system. */
export function whyUnreadable(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined || code === undefined) throw error
  return reasons[code] ?? `cannot be read (${code})`
}
