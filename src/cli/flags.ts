import { basename } from "node:path";
import { Flags, type Interfaces } from "@oclif/core";
import { coloursWanted, type Paint, paint } from "../report/colour.js";
import { REPORT_EXTENSIONS, rendererFor } from "../report/formats.js";
import { UsageError } from "./exit.js";

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
  postgres: Flags.option({
    summary: "the PostgreSQL grammar to read with first: 16 for servers up to 16",
    options: ["18", "16"] as const,
    default: "18",
  })(),
  target: Flags.string({ summary: "the TiDB release to convert for: 8.5.0 or a later 8.5", helpValue: "VERSION", default: "8.5.6" }),
  "fail-on": Flags.option({
    summary: "exit with 1 when there is a finding this severe or worse",
    options: ["note", "warning", "error"] as const,
    default: "error",
  })(),
  quiet: Flags.boolean({ summary: "tell only errors and the account" }),
  "no-color": Flags.boolean({ summary: "no colours; NO_COLOR in the environment does the same" }),
};

export type CommonFlags = Interfaces.InferredFlags<typeof commonFlags>;

/** @throws UsageError for a file whose extension names no format */
export function assertReportFormats(paths: readonly string[] = []): void {
  const wrong = paths.find((path) => rendererFor(path) === undefined);
  if (wrong !== undefined)
    throw new UsageError(`--report ${basename(wrong)}: the extension must be one of ${REPORT_EXTENSIONS.join(", ")}`);
}

/** @throws UsageError for a TiDB release the rules were not proven on */
export function conversionOptions({ postgres, target }: Pick<CommonFlags, "postgres" | "target">): {
  postgres: "18" | "16";
  target: string;
} {
  const version = target.replace(/^v/, "");
  if (!/^8\.5\.\d+$/.test(version)) throw new UsageError(`--target ${target} is not supported: give 8.5.0 or a later 8.5, such as 8.5.6`);
  return { postgres, target: version };
}

/** Colours for a stream, if it is to have any. */
export function paintFor(stream: { readonly isTTY?: boolean }, flags: { readonly "no-color": boolean }): Paint {
  return paint(coloursWanted(stream, { noColor: flags["no-color"], env: process.env }));
}

/** Messages are for people and go where data does not. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
