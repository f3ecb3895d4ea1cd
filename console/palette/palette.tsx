/** The command palette: a search field and a list of results that is navigated with the arrow keys. */
import { Kbd, Modal, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { SearchIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useRestoreFocus } from '../parts/focus.ts'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { formatCount } from '../parts/time.tsx'
import type { Token } from '../tokens/token-text.tsx'
import { type Command, matching, useCommands } from './commands.ts'
import { useSearchResults } from './search-results.ts'

const RotateToken = lazyComponent(async () => (await import('../tokens/rotate-token.tsx')).RotateToken)

export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [rotating, setRotating] = useState<Token | null>(null)
  return (
    <>
      <Modal
        opened={opened}
        onClose={onClose}
        title="Search and commands"
        withCloseButton={false}
        size={620}
        padding={0}
        yOffset="10vh"
        classNames={{ header: 'hidden-text' }}
        returnFocus
      >
        <PaletteBody onClose={onClose} onRotate={setRotating} />
      </Modal>
      {rotating && <RotateToken token={rotating} owner="person" onClose={() => setRotating(null)} />}
    </>
  )
}

function PaletteBody({ onClose, onRotate }: { onClose: () => void; onRotate: (token: Token) => void }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [words] = useDebouncedValue(typed.trim(), 180)
  const known = matching(useCommands(), typed.trim()).filter(
    ({ action }) => !('type' in action && typed.startsWith(action.type)),
  )
  const found = useSearchResults(words, onRotate)
  const isSearching = words !== typed.trim() || found.isSearching
  const commands = [...known, ...(words === typed.trim() ? found.commands : [])]
  const [chosen, setChosen] = useState<string | null>(null)
  const active = commands.find(({ id }) => id === chosen) ?? commands[0]
  const list = useId()
  const field = useRef<HTMLInputElement>(null)
  useRestoreFocus()
  // Earlier than the dialog does it, so that no typed character is lost.
  useEffect(() => field.current?.focus(), [])
  const idOf = ({ id }: Command) => `${list}-${id}`

  const run = ({ action }: Command) => {
    if ('type' in action) return setTyped(action.type)
    onClose()
    if ('run' in action) action.run()
    else {
      // The new page sets the focus.
      field.current?.blur()
      void navigate({ to: action.to, search: (action.search ?? {}) as never })
    }
  }
  const press = (event: KeyboardEvent) => {
    const index = active ? commands.indexOf(active) : -1
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && commands.length > 0) setChosen(commands.at((index + step) % commands.length)?.id ?? null)
    else if (event.key === 'Enter' && active) run(active)
    else return
    event.preventDefault()
  }
  return (
    <div className="palette">
      <div className="palette-field">
        <SearchIcon />
        <input
          ref={field}
          role="combobox"
          aria-label="Search or go to"
          aria-expanded
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={active ? idOf(active) : undefined}
          placeholder="Search pages, resources and actions"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            setChosen(null)
          }}
          onKeyDown={press}
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          data-autofocus
        />
        <Kbd size="xs">esc</Kbd>
      </div>
      <div role="listbox" id={list} aria-label="Results" className="palette-list">
        {grouped(commands).map(([group, members]) => (
          <OptionGroup key={group} name={group}>
            {members.map((command) => (
              <Option
                key={command.id}
                id={idOf(command)}
                command={command}
                isActive={command === active}
                onHover={() => setChosen(command.id)}
                onSelect={() => run(command)}
              />
            ))}
          </OptionGroup>
        ))}
      </div>
      {(commands.length === 0 || isSearching) && (
        <Text size="sm" c="dimmed" px={16} pb={14} pt={commands.length === 0 ? 14 : 0}>
          {isSearching ? 'Searching…' : 'No results.'}
        </Text>
      )}
      <div className="hidden-text" role="status">
        {isSearching ? '' : formatCount(commands.length, 'result')}
      </div>
    </div>
  )
}

const OptionGroup = ({ name, children }: { name: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/useSemanticElements: a listbox has no fieldsets
  <div role="group" aria-label={name}>
    <div className="nav-group" aria-hidden>
      {name}
    </div>
    {children}
  </div>
)

interface Option {
  readonly id: string
  readonly command: Command
  readonly isActive: boolean
  readonly onHover: () => void
  readonly onSelect: () => void
}

function Option({ id, command: { name, description, icon: Icon }, isActive, onHover, onSelect }: Option) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isActive) self.current?.scrollIntoView({ block: 'nearest' })
  }, [isActive])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and handles the keys
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      ref={self}
      id={id}
      role="option"
      aria-selected={isActive}
      className="palette-option"
      onMouseMove={onHover}
      onClick={onSelect}
    >
      <Icon size={16} />
      <span className="palette-name">{name}</span>
      {description && <span className="palette-about">{description}</span>}
    </div>
  )
}

function grouped(commands: readonly Command[]): readonly (readonly [string, readonly Command[]])[] {
  return [...Map.groupBy(commands, ({ group }) => group)]
}
