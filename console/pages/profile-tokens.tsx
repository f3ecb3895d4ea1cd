import { Button } from '@mantine/core'
import { PlusIcon } from '@primer/octicons-react'
import { useOpening } from '../parts/address.ts'
import { fetched } from '../parts/fetched.tsx'
import { Page } from '../parts/page.tsx'
import { ProfileTabs } from '../parts/profile-tabs.tsx'
import { TokenTable } from '../tokens/token-table.tsx'

const GenerateToken = fetched(async () => (await import('../tokens/generate-token.tsx')).GenerateToken)

export function ProfileTokens() {
  const [isOpen, { open, close }] = useOpening('generate')
  return (
    <Page
      title="Profile"
      about="Personal access tokens let programs act as you, with all that you may do. For jobs and integrations use a service account instead."
      acts={
        <Button leftSection={<PlusIcon />} onClick={open}>
          Generate token
        </Button>
      }
    >
      <ProfileTabs />
      <TokenTable
        label="Personal access tokens"
        empty="A token lets the command line, an SDK or Terraform act as you. It is shown once, when you generate it."
      />
      <GenerateToken opened={isOpen} onClose={close} />
    </Page>
  )
}
