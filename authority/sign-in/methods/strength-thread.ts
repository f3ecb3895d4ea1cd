/** Worker thread that estimates passwords, because zxcvbn can take more than 250 ms. */
import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

export interface StrengthRequest {
  readonly password: string
  /** Words that an attacker would try first. */
  readonly contextWords: readonly string[]
}

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })

parentPort?.on('message', async ({ password, contextWords }: StrengthRequest) => {
  const { score } = await estimator.checkAsync(password, [...contextWords])
  parentPort?.postMessage(score)
})
