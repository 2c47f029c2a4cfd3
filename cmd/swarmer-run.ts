#!/usr/bin/env node
import { run } from '../internal/runner/run.ts';

// The exit code is set, not forced by process.exit(): what the pipes still hold must get out.
void run({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
}).then((status) => {
  process.exitCode = status;
});
