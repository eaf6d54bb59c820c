import { basename } from "node:path";
import { Flags, type Interfaces } from "@oclif/core";
import { coloursWanted, type Paint, paint } from "../report/colour.js";
import { REPORT_EXTENSIONS, rendererFor } from "../report/formats.js";
import { UsageError } from "./exit.js";

/** The flags that decide how SQL is read and converted. */
export const conversionFlags = {
  postgres: Flags.option({
    summary: "the PostgreSQL grammar to read with first: 16 for servers up to 16; 18 if nothing is said",
    options: ["18", "16"] as const,
    env: "PG2TIDB_POSTGRES",
  })(),
  target: Flags.string({
    summary: "the TiDB release to convert for: 8.5.0 or a later 8.5; 8.5.6 if nothing is said",
    helpValue: "VERSION",
    env: "PG2TIDB_TARGET",
  }),
  schemas: Flags.option({
    summary:
      "what schemas become: prefix (sales.orders becomes sales_orders), flat (orders) or database (each schema a database of its name); prefix if nothing is said",
    options: ["prefix", "flat", "database"] as const,
    env: "PG2TIDB_SCHEMAS",
  })(),
  config: Flags.string({
    summary: "the configuration file; otherwise pg2tidb.config.yaml, .yml or .json here or in a folder above",
    helpValue: "FILE",
    env: "PG2TIDB_CONFIG",
  }),
  "no-config": Flags.boolean({ summary: "use no configuration file" }),
  "no-color": Flags.boolean({ summary: "no colours; NO_COLOR in the environment does the same" }),
};

/** The flags of `convert` and `check`. */
export const commonFlags = {
  report: Flags.string({
    summary: `also write a report; its format follows the extension: ${REPORT_EXTENSIONS.join(", ")}; may be given several times`,
    helpValue: "FILE",
    multiple: true,
    multipleNonGreedy: true,
  }),
  format: Flags.string({
    summary: "how the findings are told: text for people on stderr, json for machines on stdout",
    options: ["text", "json"],
    default: "text",
  }),
  tidb: Flags.string({
    summary: "URL of the TiDB to check on (mysql://user:password@host:port); a database of its own is made and removed again",
    helpValue: "URL",
    env: "TIDB_URL",
    noCacheDefault: true,
  }),
  "fail-on": Flags.option({
    summary: "exit with 1 when there is a finding this severe or worse; error if nothing is said",
    options: ["note", "warning", "error"] as const,
    env: "PG2TIDB_FAIL_ON",
  })(),
  quiet: Flags.boolean({ summary: "tell only errors and the account" }),
  ...conversionFlags,
};

export type CommonFlags = Interfaces.InferredFlags<typeof commonFlags>;

/** @throws UsageError for a file whose extension names no format */
export function assertReportFormats(paths: readonly string[] = []): void {
  const wrong = paths.find((path) => rendererFor(path) === undefined);
  if (wrong !== undefined)
    throw new UsageError(`--report ${basename(wrong)}: the extension must be one of ${REPORT_EXTENSIONS.join(", ")}`);
}

/** Colours for a stream, if it is to have any. */
export function paintFor(stream: { readonly isTTY?: boolean }, flags: { readonly "no-color": boolean }): Paint {
  return paint(coloursWanted(stream, { noColor: flags["no-color"], env: process.env }));
}

/** Messages are for people and go where data does not. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
