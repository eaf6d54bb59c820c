#!/usr/bin/env node
import { warmUp } from "./app/warm-up.js";

warmUp(process.argv[2]);
const { runProgram } = await import("./cli/program.js");
await runProgram(process.argv.slice(2), import.meta.url);
