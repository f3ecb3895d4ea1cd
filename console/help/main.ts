/** The script of the documentation pages: theme, menu, search, code blocks and "Try it". The pages are readable without it. */
import { addCopyButtons, addExampleTabs } from './code.ts'
import { addMenu, addThemeButton, applyTheme } from './page.ts'
import { addSearch } from './search.ts'
import { addTryIt } from './try-it.ts'

applyTheme()
addThemeButton()
addMenu()
addSearch()
addExampleTabs()
addCopyButtons()
addTryIt()
