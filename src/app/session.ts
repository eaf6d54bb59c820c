import type { Catalog } from "../catalog/model.js";
import type { Source } from "../source/text.js";

/** Settings of the connection that the converted schema relies on; see the reference manual's pages on each variable. */
export function sessionFor(final: Catalog): string[] {
  const checks = [...final.tables.values()].some((t) => [...t.constraints.values()].some((c) => c.type === "check"));
  return [
    // Text literals would otherwise compare by the client's collation: padded, or without regard to case.
    "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin",
    // TIMESTAMP values are shown in the session's zone, and times without an offset are read in it.
    "SET time_zone = '+00:00'",
    // Off by default, and then CHECK constraints are dropped; a global variable, read when a table is made.
    ...(checks ? ["SET GLOBAL tidb_enable_check_constraint = ON"] : []),
  ];
}

/** The first lines of an output file. */
export function header(source: Source, target: string, session: readonly string[]): string {
  const name = source.name.split(/[\\/]/).pop();
  return `-- ${name}, converted for TiDB ${target} by pg2tidb.\n${session.map((sql) => `${sql};\n`).join("")}\n`;
}
