#!/usr/bin/env node
import { run } from '../tools/run.mjs'

run(['cli/main.ts', ...process.argv.slice(2)])
