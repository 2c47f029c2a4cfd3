#!/usr/bin/env node
import { runCli } from '../internal/cli/main.ts';
import { systemClock } from '../internal/clock/clock.ts';
import manifest from '../package.json' with { type: 'json' };

// The exit code is set, not forced by process.exit(): what the pipes still hold must get out.
void runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  clock: systemClock,
  version: manifest.version,
}).then((code) => {
  process.exitCode = code;
});
