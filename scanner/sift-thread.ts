/** A thread that sifts files for another one: paths come in, and what was seen goes out, one for one. */
import { parentPort } from 'node:worker_threads'
import type { Path } from './open-file.ts'
import { siftFiles } from './sift-files.ts'

parentPort?.on('message', async (paths: readonly Path[]) => parentPort?.postMessage(await siftFiles(paths)))
