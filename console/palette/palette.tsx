/** Everything by keyboard: a field, and below it what fits, chosen with the arrows. */
import { Kbd, Modal, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { SearchIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useFocusBack } from '../parts/focus.ts'
import { counted } from '../parts/time.tsx'
import { type Command, matching, useCommands } from './commands.ts'
import { useFound } from './found.ts'

export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
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
      <Inside onClose={onClose} />
    </Modal>
  )
}

function Inside({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [words] = useDebouncedValue(typed.trim(), 180)
  const known = matching(useCommands(), typed.trim())
  const found = useFound(words)
  const isBehind = words !== typed.trim() || found.isSearching
  const commands = [...known, ...(words === typed.trim() ? found.commands : [])]
  const [chosen, setChosen] = useState<string | null>(null)
  const active = commands.find(({ id }) => id === chosen) ?? commands[0]
  const list = useId()
  const field = useRef<HTMLInputElement>(null)
  useFocusBack()
  // Sooner than the dialog would: whoever types on at once loses no letter.
  useEffect(() => field.current?.focus(), [])
  const idOf = ({ id }: Command) => `${list}-${id}`

  const take = ({ does }: Command) => {
    onClose()
    if ('run' in does) does.run()
    else {
      // The page that comes takes it.
      field.current?.blur()
      void navigate({ to: does.to, search: (does.search ?? {}) as never })
    }
  }
  const press = (event: KeyboardEvent) => {
    const index = active ? commands.indexOf(active) : -1
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && commands.length > 0) setChosen(commands.at((index + step) % commands.length)?.id ?? null)
    else if (event.key === 'Enter' && active) take(active)
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
          placeholder="A page, a name, something to do"
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
      <div role="listbox" id={list} aria-label="What fits" className="palette-list">
        {grouped(commands).map(([group, members]) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox has no fieldsets
          <div key={group} role="group" aria-label={group}>
            <div className="nav-group" aria-hidden>
              {group}
            </div>
            {members.map((command) => (
              <Option
                key={command.id}
                id={idOf(command)}
                command={command}
                isActive={command === active}
                onHover={() => setChosen(command.id)}
                onTake={() => take(command)}
              />
            ))}
          </div>
        ))}
      </div>
      {(commands.length === 0 || isBehind) && (
        <Text size="sm" c="dimmed" px={16} pb={14} pt={commands.length === 0 ? 14 : 0}>
          {isBehind ? 'Searching…' : 'Nothing fits.'}
        </Text>
      )}
      <div className="hidden-text" role="status">
        {isBehind ? '' : counted(commands.length, 'result')}
      </div>
    </div>
  )
}

interface Option {
  readonly id: string
  readonly command: Command
  readonly isActive: boolean
  readonly onHover: () => void
  readonly onTake: () => void
}

function Option({ id, command: { name, about, icon: Icon }, isActive, onHover, onTake }: Option) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isActive) self.current?.scrollIntoView({ block: 'nearest' })
  }, [isActive])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and hears the keys for all of them
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      ref={self}
      id={id}
      role="option"
      aria-selected={isActive}
      className="palette-option"
      onMouseMove={onHover}
      onClick={onTake}
    >
      <Icon size={16} />
      <span className="palette-name">{name}</span>
      {about && <span className="palette-about">{about}</span>}
    </div>
  )
}

function grouped(commands: readonly Command[]): readonly (readonly [string, readonly Command[]])[] {
  return [...Map.groupBy(commands, ({ group }) => group)]
}
