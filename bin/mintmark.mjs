#!/usr/bin/env node
import { run } from '../tools/run.mjs'

await run(['cli/main.ts', ...process.argv.slice(2)])
