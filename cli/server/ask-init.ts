/** The questions of `mintmark init` on a terminal. */
import { type CommonOptions, isCancel, select, text } from '@clack/prompts'
import { isEmailAddress, limits } from '@mintmark/contract'
import type { Lifetime } from '../arguments/minutes.ts'
import { Failed } from '../report-error.ts'

export interface InitAnswers {
  readonly accountName: string
  readonly email: string
  readonly expiresIn: Lifetime
}

export async function askInit(streams: CommonOptions = {}): Promise<InitAnswers> {
  const accountName = answered(
    await text({
      ...streams,
      message: 'Account name',
      defaultValue: 'main',
      placeholder: 'main',
      validate: (name = '') =>
        name.length > limits.nameCharacters ? `Use at most ${limits.nameCharacters} characters.` : undefined,
    }),
  )
  const email = answered(
    await text({
      ...streams,
      message: 'Email address of the owner',
      placeholder: 'you@example.com',
      validate: (address = '') => (isEmailAddress(address) ? undefined : 'Enter an email address.'),
    }),
  )
  const expiresIn = answered(
    await select<Lifetime>({
      ...streams,
      message: 'Lifetime of the first token, which has all permissions',
      options: [
        { value: 1_440, label: '1 day' },
        { value: 10_080, label: '7 days' },
        { value: 43_200, label: '30 days' },
        { value: 'never', label: 'No expiry' },
      ],
      initialValue: 10_080,
    }),
  )
  return { accountName, email, expiresIn }
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Failed('cancelled, nothing was changed')
  return answer as Exclude<T, symbol>
}
