import { Button } from '@mantine/core'
import { PlusIcon } from '@primer/octicons-react'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { ProfilePage } from '../parts/profile-page.tsx'
import { useDialogFromUrl } from '../parts/url-query.ts'
import { OwnerTokens } from '../tokens/owner-tokens.tsx'

const CreateToken = lazyComponent(async () => (await import('../tokens/create-token.tsx')).CreateToken)

const TokenNotices = lazyComponent(async () => (await import('../tokens/token-notices.tsx')).TokenNotices)

export function ProfileTokens() {
  const [isOpen, { open, close }] = useDialogFromUrl('create-token')
  return (
    <ProfilePage
      about="Personal access tokens let programs act as you, with your permissions. For jobs and integrations, use a service account instead."
      actions={
        <Button leftSection={<PlusIcon />} onClick={open}>
          Create token
        </Button>
      }
    >
      <TokenNotices />
      <OwnerTokens
        label="Personal access tokens"
        empty="Create a token to let the CLI, an SDK or Terraform act as you. The token is shown once."
      />
      <CreateToken opened={isOpen} onClose={close} />
    </ProfilePage>
  )
}
