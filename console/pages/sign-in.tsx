import { useNavigate } from '@tanstack/react-router'
import { useAddress } from '../parts/address.ts'
import { Outside } from '../parts/outside.tsx'
import { queries } from '../queries.ts'
import { CredentialsForm } from '../session/credentials-form.tsx'
import { begin } from '../session/interruptions.ts'
import { type SessionAnswer, safeReturn, sessionQuery } from '../session/session.ts'

export function SignIn() {
  const [address] = useAddress()
  const navigate = useNavigate()
  const done = (answer: SessionAnswer) => {
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, answer)
    begin()
    void navigate({ href: safeReturn(address.to), replace: true })
  }
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
      <CredentialsForm purpose="sign-in" onDone={done} />
    </Outside>
  )
}
