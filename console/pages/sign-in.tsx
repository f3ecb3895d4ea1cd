import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useAddress } from '../parts/address.ts'
import { Outside } from '../parts/outside.tsx'
import { CredentialsForm } from '../session/credentials-form.tsx'
import { safeReturn, useMaybeSession } from '../session/session.ts'
import { signIn } from '../session/sign-in.ts'

export function SignIn() {
  const [{ to }] = useAddress()
  const navigate = useNavigate()
  const session = useMaybeSession()
  // Here, or just now in another tab.
  useEffect(() => {
    if (session) void navigate({ href: safeReturn(to), replace: true })
  }, [session, to, navigate])
  return (
    <Outside
      title="Sign in to Mintmark"
      about={
        <>
          New here? An administrator of your account can invite you. Locked out? Whoever runs this server can make you a
          link with <span className="mono nowrap">mintmark sign-in-link</span>.
        </>
      }
    >
      <CredentialsForm purpose="sign-in" onDone={signIn} />
    </Outside>
  )
}
