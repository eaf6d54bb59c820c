import { CORE } from "../core.js";
import type { Explainable } from "./explain.js";

/** The findings no rule makes: they come from the converter's own nets and from the check, and need explaining as much. */
export const BUILTINS: readonly Explainable[] = [
  ...Object.values(CORE),
  {
    id: "check/refused",
    construct: "a converted statement TiDB does not accept",
    why: `The check applied the output to a database of its own on a real TiDB, and TiDB refused this statement with the error shown.
The finding points at the source the statement came from. Statements that failed only because this one is missing are counted with it
and get no finding of their own.`,
    docs: { tidb: "https://docs.pingcap.com/tidb/stable/error-codes" },
    messages: { refused: { severity: "error", text: "TiDB refuses this: {code}: {error}" } },
    examples: [],
  },
  {
    id: "check/follows",
    construct: "statements that need something reported as not converted",
    why: `TiDB refused these statements because a table, view or function they use is not in the output, which another finding has
already reported. They are not held against the conversion a second time.`,
    docs: {},
    messages: {
      "reported-loss": {
        severity: "note",
        text: "{count} statements cannot be applied without {name}, which is reported as not converted",
      },
    },
    examples: [],
  },
  {
    id: "check/ignored",
    construct: "a clause TiDB accepts and ignores",
    why: `TiDB reads the syntax of several MySQL features it does not have, answers with a warning and carries on without them. The
check collects these warnings, because an accepted statement looks like a working one. It is a warning where TiDB used part of what
was written, an error where it used nothing of it.`,
    docs: { tidb: "https://docs.pingcap.com/tidb/stable/mysql-compatibility" },
    messages: { ignored: { severity: "error", text: "TiDB accepts this and ignores part of it: {code}: {warning}" } },
    examples: [],
  },
  {
    id: "check/read-back",
    construct: "a difference between what was meant and what TiDB holds",
    why: `TiDB accepts some clauses and does something else, or nothing. After applying the output the check therefore reads tables,
columns, keys and constraints back from TiDB and compares them with what the PostgreSQL schema asks for.`,
    docs: { tidb: "https://docs.pingcap.com/tidb/stable/information-schema" },
    messages: { difference: { severity: "error", text: "read back from TiDB: {difference}" } },
    examples: [],
  },
  {
    id: "check/skipped",
    construct: "a statement that was not run on your server",
    why: `The check works in a database of its own and removes it afterwards. On a server that was given by its URL it does not run
statements that could reach beyond that database, such as those that name another one. On a TiDB the check starts itself it runs
everything.`,
    docs: {},
    messages: { skipped: { severity: "warning", text: "not run on {server}: it may reach beyond the database made for the check" } },
    examples: [],
  },
];
