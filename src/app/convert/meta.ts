import { CORE } from "../../core.js";
import type { Data } from "../../engine/contract.js";
import type { MetaChunk } from "../../source/split.js";
import { core, type Made, type Pass } from "./pass.js";

/** psql commands that change nothing a schema is made of. */
const HARMLESS = new Set([
  "restrict",
  "unrestrict",
  "set",
  "unset",
  "echo",
  "qecho",
  "warn",
  "pset",
  "timing",
  "encoding",
  "q",
  "x",
  "t",
  "a",
  ".",
  "delimiter",
]);

const CONNECT = new Set(["c", "connect"]);

export function makeMeta(pass: Pass, chunk: MetaChunk): Made {
  const { command, source, span } = chunk;
  const said = (message: string, data: Data) => ({
    sql: [],
    findings: [core(CORE.psql, message, { command, ...data }, source, span)],
    comments: [],
  });
  if (!CONNECT.has(command)) return said(HARMLESS.has(command) ? "dropped" : "refused", {});
  const database = connectsTo(source.text.slice(span.start, span.end));
  const { now } = pass.run;
  const moved = database !== pass.database && now.tables.size + now.sequences.size + now.views.size > 0;
  pass.database = database;
  return said(moved ? "elsewhere" : "connect", { database });
}

/** The database of `\connect`: its first argument that is no option, or a connection string's. */
function connectsTo(line: string): string {
  const words =
    line
      .replace(/;\s*$/, "")
      .match(/"(?:[^"]|"")*"|\S+/g)
      ?.slice(1) ?? [];
  const word = (words.find((w) => !/^-\w/.test(w)) ?? "").replaceAll('"', "");
  return /dbname='?((?:[^'\\\s]|\\.)+)/.exec(word)?.[1] ?? word;
}
