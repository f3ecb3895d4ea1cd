/** The settings that an authority only keeps and returns: one JSON column holds them. */
import type { environments, InputOf } from '@mintmark/contract'
import type { RecordOf } from '../../database/views/record-of.ts'

const settingNames = ['remoteBackend', 'remoteBackendOverridable', 'maskSensitiveOutput'] as const

export type EnvironmentSettings = Pick<RecordOf<typeof environments>, (typeof settingNames)[number]>

/** The settings that the input contains. */
export const settingsOf = (input: InputOf<typeof environments>): Partial<EnvironmentSettings> =>
  Object.fromEntries(settingNames.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])))
