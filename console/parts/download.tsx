/** Downloads files. */
import { basePath, kebab } from '@mintmark/contract'
import { DownloadIcon } from '@primer/octicons-react'
import { fetchFile } from '../server.ts'
import { ActionButton } from './action-button.tsx'
import { ErrorAlert } from './states.tsx'
import { useSave } from './use-save.ts'

interface Download {
  readonly label: string
  readonly file: string
  readonly path: string
  readonly format: string
  readonly filters: Readonly<Record<string, string>>
  readonly search?: string | undefined
  readonly sort?: string | undefined
  readonly disabledReason: string | null
}

/** Downloads all records of a list as a file. */
export function DownloadButton({ label, file, path, format, filters, search, sort, disabledReason }: Download) {
  const save = useSave()
  const run = () =>
    save.run(async () => {
      const query = new URLSearchParams({ format })
      for (const [name, value] of Object.entries(filters)) query.set(`filter[${kebab(name)}]`, value)
      if (search) query.set('query', search)
      if (sort) query.set('sort', kebab(sort))
      saveFile(file, await fetchFile(`${basePath}${path}?${query}`))
    })
  return (
    <>
      <ActionButton
        variant="default"
        leftSection={<DownloadIcon />}
        onClick={() => void run()}
        loading={save.busy}
        disabledReason={disabledReason}
      >
        {label}
      </ActionButton>
      <ErrorAlert text={save.otherErrors()} />
    </>
  )
}

/** Saves a file. A plain download link would not send the session header. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  URL.revokeObjectURL(address)
}
