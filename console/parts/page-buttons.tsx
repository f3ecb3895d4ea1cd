/** Page buttons of a list. On the first and last page, the previous and next buttons stay focusable. */
import { Pagination } from '@mantine/core'

interface PageButtons {
  readonly total: number
  readonly value: number
  readonly onChange: (page: number) => void
  /** The name of the list, if the page has several. */
  readonly of?: string
}

export function PageButtons({ total, value, onChange, of }: PageButtons) {
  const controlOf = (control: string) => ({
    'aria-label': `${control} page${of ? ` of ${of}` : ''}`,
    ...(value === (control === 'next' ? total : 1)
      ? { disabled: false, 'aria-disabled': true, mod: { disabled: true }, onClick: () => undefined }
      : {}),
  })
  return <Pagination size="sm" total={total} value={value} onChange={onChange} getControlProps={controlOf} />
}
