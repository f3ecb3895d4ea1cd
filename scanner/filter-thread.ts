/** A worker that filters batches of files. It imports little, to start fast. */
import { parentPort, workerData } from 'node:worker_threads'
import { filterFiles } from './filter-files.ts'
import type { Path } from './open-file.ts'
import { PatternSearch } from './pattern-search.ts'

const patterns = new PatternSearch(workerData as readonly Uint8Array[])

parentPort?.on('message', async (paths: readonly Path[]) => parentPort?.postMessage(await filterFiles(paths, patterns)))
