#!/usr/bin/env node
import { EXIT } from "./cli/exit.js";
import { migrateArguments } from "./cli/migrate.js";
import { runProgram } from "./cli/program.js";

const argv = migrateArguments(process.argv.slice(2));
if (typeof argv === "string") {
  process.stderr.write(`tidb-migrate: ${argv}\n`);
  process.exitCode = EXIT.usage;
} else await runProgram(argv, import.meta.url);
