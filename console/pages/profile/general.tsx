/** The name of the user, and how the console looks in this browser. */
import { Button, Group, Select, Stack, Switch, TextInput, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { setExactTimes, useExactTimes } from '../../parts/exact-times.ts'
import { Facts, Panel } from '../../parts/page.tsx'
import { ProfilePage } from '../../parts/profile-page.tsx'
import { ErrorAlert } from '../../parts/states.tsx'
import { formatDateTime } from '../../parts/time.tsx'
import { showToast } from '../../parts/toast.ts'
import { useSave } from '../../parts/use-save.ts'
import { queries } from '../../queries.ts'
import { callAuth } from '../../server.ts'
import { sessionQuery, useSession } from '../../session/session.ts'
import { browserTimeZone, chooseTimeZone, chosenTimeZone } from '../../session/time-zone.ts'
import { now } from '../../world.ts'
import { ChangeEmail } from './change-email.tsx'

export function ProfileGeneral() {
  return (
    <ProfilePage about="Your name, and how the console looks in this browser.">
      <AboutYou />
      <Preferences />
    </ProfilePage>
  )
}

function AboutYou() {
  const { user } = useSession()
  const before = user['full-name'] ?? ''
  const [name, setName] = useState(before)
  const [isChanging, changing] = useDisclosure(false)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(async () => {
      await callAuth('PUT /auth/profile', { body: { 'full-name': name.trim() || null } })
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })
      showToast({ message: 'Saved your name.' })
    })
  }
  return (
    <Panel title="About you">
      <form onSubmit={submit}>
        <Stack gap={14} maw={420}>
          <TextInput
            label="Name"
            description="Shown to other users of your accounts."
            autoComplete="name"
            maxLength={255}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={save.errorAt('/full-name')}
          />
          <Facts of={[['Email', user.email]]} />
          <ErrorAlert text={save.otherErrors()} />
          <Group>
            <Button type="submit" loading={save.busy} disabled={name.trim() === before}>
              Save name
            </Button>
            <Button variant="default" onClick={changing.open}>
              Change email address
            </Button>
          </Group>
        </Stack>
      </form>
      <ChangeEmail opened={isChanging} onClose={changing.close} />
    </Panel>
  )
}

const browserZone = 'browser'

function Preferences() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const isExact = useExactTimes()
  const [zone, setZone] = useState(chosenTimeZone)
  const choose = (value: string | null) => {
    const next = value === browserZone ? null : value
    chooseTimeZone(next)
    setZone(next)
  }
  return (
    <Panel title="Preferences">
      <Stack gap={14} maw={420}>
        <Select
          label="Time zone"
          description={`Now: ${formatDateTime(now().toISOString())}`}
          data={[
            { value: browserZone, label: `Same as the browser (${browserTimeZone()})` },
            ...Intl.supportedValuesOf('timeZone'),
          ]}
          value={zone ?? browserZone}
          onChange={choose}
          allowDeselect={false}
          searchable
          limit={100}
          nothingFoundMessage="No time zone found"
        />
        <Select
          label="Theme"
          data={[
            { value: 'auto', label: 'Same as the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          allowDeselect={false}
        />
        <Switch
          label="Exact times"
          description="Show date and time instead of “2 hours ago”."
          checked={isExact}
          onChange={(event) => setExactTimes(event.currentTarget.checked)}
        />
      </Stack>
    </Panel>
  )
}
