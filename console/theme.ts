/** The visual theme: one accent color, neutral grays, dense rows, system fonts. */
import { createTheme, type MantineColorsTuple } from '@mantine/core'

// White on shade 7, and shade 4 on the dark background, both meet the text contrast of WCAG 2.2 AA.
const mint: MantineColorsTuple = [
  '#e8f8f3',
  '#cdeee3',
  '#9fdecb',
  '#6dccb0',
  '#43bc98',
  '#25a583',
  '#168f70',
  '#107a5f',
  '#0b614b',
  '#074b3a',
]

const dark: MantineColorsTuple = [
  '#d5d9de',
  '#b6bcc4',
  '#98a0aa',
  '#6a737e',
  '#3a424c',
  '#2b323a',
  '#1e242b',
  '#14181d',
  '#0f1216',
  '#0a0c0f',
]

const red: MantineColorsTuple = [
  '#fff0f0',
  '#ffe0e0',
  '#ffc9c9',
  '#ffa8a8',
  '#fb8585',
  '#ee6363',
  '#dc4343',
  '#c42b2b',
  '#a61e1e',
  '#861515',
]

const yellow: MantineColorsTuple = [
  '#fff8e1',
  '#ffefc2',
  '#ffe08a',
  '#f7cb52',
  '#ecb42b',
  '#d99a0b',
  '#b87d00',
  '#966300',
  '#7d5200',
  '#644100',
]

export const theme = createTheme({
  primaryColor: 'mint',
  primaryShade: 7,
  colors: { mint, dark, red, yellow },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.5' },
      h3: { fontSize: '0.875rem', lineHeight: '1.5' },
    },
  },
  defaultRadius: 'sm',
  radius: { sm: '6px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // With a larger radius, small checkboxes look like radio buttons.
    Checkbox: { defaultProps: { radius: 4 } },
    Button: { defaultProps: { size: 'xs', fz: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    Modal: {
      defaultProps: {
        // Screen readers treat a header outside of a section as the banner of the page.
        attributes: { header: { role: 'presentation' } },
        closeButtonProps: { 'aria-label': 'Close' },
        styles: { title: { fontWeight: 600, fontSize: '1rem' }, content: { border: '1px solid var(--line)' } },
        size: 'lg',
        overlayProps: { backgroundOpacity: 0.45 },
        transitionProps: { duration: 120 },
      },
    },
    Tooltip: {
      defaultProps: {
        multiline: true,
        maw: 320,
        withArrow: true,
        openDelay: 200,
        events: { hover: true, focus: true, touch: true },
      },
    },
    PasswordInput: { defaultProps: { visibilityToggleFocusable: true } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Text: { defaultProps: { size: 'md' } },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 12 } },
    Menu: {
      // The placeholder is not a menu item. Without it, the first item gets the focus.
      defaultProps: { transitionProps: { duration: 80 }, shadow: 'md', withInitialFocusPlaceholder: false },
    },
    Badge: { defaultProps: { variant: 'light', size: 'sm', radius: 'sm', tt: 'none', fw: 500 } },
  },
})
