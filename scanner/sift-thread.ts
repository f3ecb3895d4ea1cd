/** A worker that sifts batches of files. It imports little, to start fast. */
import { parentPort, workerData } from 'node:worker_threads'
import { Needles } from './needles.ts'
import type { Path } from './open-file.ts'
import { siftFiles } from './sift-files.ts'

const needles = new Needles(workerData as readonly Uint8Array[])

parentPort?.on('message', async (paths: readonly Path[]) => parentPort?.postMessage(await siftFiles(paths, needles)))
