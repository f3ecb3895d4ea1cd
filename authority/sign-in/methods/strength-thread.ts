/** A thread that estimates passwords for another one: zxcvbn takes a quarter of a second and more. It ends with whoever started it. */
import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

export interface StrengthQuestion {
  readonly password: string
  /** Words a guesser would try first. */
  readonly own: readonly string[]
}

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })

parentPort?.on('message', async ({ password, own }: StrengthQuestion) => {
  const { score } = await estimator.checkAsync(password, [...own])
  parentPort?.postMessage(score)
})
