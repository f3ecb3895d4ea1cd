/** A worker thread that copies the write-ahead log of an SQLite file to the file, as far as no reader needs the older pages. */
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'

using connection = new DatabaseSync(workerData as string)
connection.exec('pragma synchronous = full; pragma wal_checkpoint(passive)')
