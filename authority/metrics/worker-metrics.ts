/** Metrics of several workers: whichever is asked responds with the metrics of all, collected by the primary process. */
import cluster, { type Worker } from 'node:cluster'
import { Refusal } from '../context.ts'

const type = 'mintmark:metrics'

interface Question {
  readonly type?: unknown
  readonly number: number
}

/** `text` is null if a worker did not answer. */
interface Answer extends Question {
  readonly text: string | null
}

/** Called in the primary process. The library is loaded with the first request, because it takes several MB of memory. */
export function answerMetricsRequests(): void {
  const collect = async (): Promise<string | null> => {
    const { AggregatorRegistry } = await import('prom-client')
    aggregator ??= new AggregatorRegistry()
    return aggregator.clusterMetrics().catch(() => null)
  }
  let aggregator: { clusterMetrics(): Promise<string> } | undefined
  cluster.on('message', (worker: Worker, question: Question) => {
    if (question.type !== type) return
    void collect().then((text) => worker.isConnected() && worker.send({ type, number: question.number, text }))
  })
}

/** Called in a worker. Rejects if the primary process or another worker does not answer. */
export function metricsOfAllWorkers(): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const number = questions++
  const take = (answer: Answer) => {
    if (answer.type !== type || answer.number !== number) return
    process.off('message', take)
    if (answer.text === null) reject(noAnswer())
    else resolve(answer.text)
  }
  process.on('message', take)
  process.send?.({ type, number } satisfies Question)
  return promise
}

const noAnswer = () =>
  new Refusal('overloaded', { detail: 'A worker did not report its metrics.', retryAfterSeconds: 5 })

let questions = 0
