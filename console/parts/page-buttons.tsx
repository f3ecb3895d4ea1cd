/** The buttons of a list's pages. At either end the button that leads no further keeps the focus. */
import { Pagination } from '@mantine/core'

interface PageButtons {
  readonly total: number
  readonly value: number
  readonly onChange: (page: number) => void
  readonly size: 'xs' | 'sm'
  /** What they are pages of, where a page has several lists. */
  readonly of?: string
}

export function PageButtons({ total, value, onChange, size, of }: PageButtons) {
  const controlOf = (control: string) => ({
    'aria-label': `${control} page${of ? ` of ${of}` : ''}`,
    ...(value === (control === 'next' ? total : 1)
      ? { disabled: false, 'aria-disabled': true, mod: { disabled: true }, onClick: () => undefined }
      : {}),
  })
  return <Pagination size={size} total={total} value={value} onChange={onChange} getControlProps={controlOf} />
}
