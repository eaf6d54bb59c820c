// The other thread of lint-threads.ts: lints its share of the files.
import { parentPort, workerData } from "node:worker_threads";
import { lint } from "../app/lint.js";
import { HOSTS } from "../hosts/index.js";
import { withoutSource } from "../linted.js";
import { naturally } from "./inputs.js";
import type { Share } from "./lint-threads.js";

const { files, own, options } = workerData as Share;
const [{ default: rules }, { TRACES: traces }] = await Promise.all([import("../../rules/index.js"), import("../../traces/index.js")]);
const { files: linted } = await lint(files, rules, traces, HOSTS, { ...options, inOrder: naturally, only: ({ name }) => own.has(name) });
parentPort!.postMessage(linted.map(withoutSource));
