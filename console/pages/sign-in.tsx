import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { CenteredPage } from '../parts/centered-page.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { CredentialsForm } from '../session/credentials-form.tsx'
import { safeReturn, useMaybeSession } from '../session/session.ts'
import { signIn } from '../session/sign-in.ts'

export function SignIn() {
  const [{ to }] = useUrlQuery()
  const navigate = useNavigate()
  const session = useMaybeSession()
  // Signed in here or in another tab.
  useEffect(() => {
    if (session) void navigate({ href: safeReturn(to), replace: true })
  }, [session, to, navigate])
  return (
    <CenteredPage
      title="Sign in to Mintmark"
      about={
        <>
          New here? Ask an administrator of your account to invite you. Locked out? Ask your server administrator to
          create a sign-in link with <span className="mono nowrap">mintmark sign-in-link</span>.
        </>
      }
    >
      <CredentialsForm purpose="sign-in" onDone={signIn} />
    </CenteredPage>
  )
}
