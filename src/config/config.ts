/** The reader's settings in a file of the project. Loaded only by the commands that need it: its parser and its schema cost some start-up. */
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { UsageError } from "../cli/exit.js";
import { nearest } from "../report/near.js";
import { lineIndex, type Source, type Span } from "../source/text.js";
import { readTarget, TARGET_WORDS } from "../types/targets.js";
import { readDocument } from "./document.js";
import { type ConfigFile, findConfig, NO_CONFIG } from "./find.js";
import { problemOf } from "./validate.js";

/** An entry, and where it stands. */
interface Placed {
  readonly source: Source;
  readonly span: Span;
}

/** How severe the findings of some rules are. `rule` is the id of one, or of a folder of them: `fitness/*`. */
export interface RuleSeverity {
  readonly rule: string;
  readonly severity: "off" | "note" | "warning" | "error";
  /** Where it is written, as `file:line`. */
  readonly place: string;
}

/** What the file says about lint. */
export interface LintConfig {
  readonly failOn?: "note" | "warning" | "error";
  /** Paths that the working directory leads to. */
  readonly schema?: readonly string[];
  /** The folder that globs start at. */
  readonly folder: string;
  readonly exclude: readonly string[];
  readonly rules: readonly RuleSeverity[];
  readonly overrides: readonly { readonly files: readonly string[]; readonly rules: readonly RuleSeverity[] }[];
}

/** What the file says; every part may be absent. */
export interface Config {
  readonly postgres?: "18" | "16";
  readonly target?: string;
  readonly schemas?: "prefix" | "flat" | "database";
  readonly tidb?: string;
  readonly failOn?: "note" | "warning" | "error";
  readonly types: readonly (Placed & { readonly pattern: string; readonly tidb: string; readonly place: string })[];
  readonly accept: readonly (Placed & { readonly rule: string; readonly object?: string; readonly reason: string })[];
  readonly lint?: LintConfig;
}

type Severities = Readonly<Record<string, RuleSeverity["severity"]>>;

interface Written {
  readonly postgres?: string | number;
  readonly target?: string;
  readonly schemas?: "prefix" | "flat" | "database";
  readonly tidb?: string;
  readonly failOn?: "note" | "warning" | "error";
  readonly types?: Readonly<Record<string, string>>;
  readonly accept?: readonly { readonly rule: string; readonly object?: string; readonly reason: string }[];
  readonly lint?: {
    readonly failOn?: "note" | "warning" | "error";
    readonly schema?: readonly string[];
    readonly exclude?: readonly string[];
    readonly rules?: Severities;
    readonly overrides?: readonly { readonly files: string | readonly string[]; readonly rules: Severities }[];
  };
}

/**
 * The configuration: of the file that is named, or of the nearest one above the working directory.
 * @throws UsageError naming the key, the file and the line
 */
export async function loadConfig(named: string | undefined, cwd: string): Promise<Config> {
  const file = named === undefined ? await findConfig(cwd) : { path: named, text: await textOf(named) };
  return file ? readConfig(file, cwd) : NO_CONFIG;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `--config ${path}: ${error instanceof Error && "code" in error && error.code === "ENOENT" ? "there is no such file" : "cannot be read"}`,
    );
  }
}

/** @throws UsageError naming the key, the file and the line */
export function readConfig({ path, text }: ConfigFile, cwd: string): Config {
  const source: Source = { name: relative(cwd, path).replaceAll("\\", "/") || path, text };
  const line = (at: number) => `${source.name}:${lineIndex(source)(at).line}`;
  const document = readDocument(text);
  if ("message" in document) throw new UsageError(`${line(document.at)}: is neither YAML nor JSON: ${document.message}`);
  const { value, span } = document;
  const fail = (steps: readonly (string | number)[], message: string): never => {
    throw new UsageError(`${line(span(steps).start)}: ${message}`);
  };
  const problem = problemOf(value);
  if (problem) fail(problem.path, problem.message);
  const { types = {}, accept = [], lint, postgres, ...settings } = value as Written;
  const severities = (rules: Severities, steps: readonly (string | number)[]) =>
    Object.entries(rules).map(([rule, severity]) => ({ rule, severity, place: line(span([...steps, rule]).start) }));
  const folder = dirname(resolve(cwd, path));
  return {
    ...settings,
    ...(postgres === undefined ? {} : { postgres: String(postgres) as "18" | "16" }),
    types: Object.entries(types).map(([pattern, tidb]) => {
      const wrong = readTarget(tidb);
      if (typeof wrong === "string") fail(["types", pattern], `types.${pattern}: ${tidb} ${wrong}${meant(tidb)}`);
      const place = span(["types", pattern]);
      return { pattern, tidb, place: line(place.start), source, span: place };
    }),
    accept: accept.map((entry, i) => ({ ...entry, source, span: span(["accept", i, "rule"]) })),
    ...(lint && {
      lint: {
        ...(lint.failOn && { failOn: lint.failOn }),
        ...(lint.schema && { schema: lint.schema.map((each) => relative(cwd, resolve(folder, each)) || ".") }),
        folder,
        exclude: lint.exclude ?? [],
        rules: severities(lint.rules ?? {}, ["lint", "rules"]),
        overrides: (lint.overrides ?? []).map(({ files, rules }, i) => ({
          files: [files].flat(),
          rules: severities(rules, ["lint", "overrides", i, "rules"]),
        })),
      },
    }),
  };
}

function meant(tidb: string): string {
  const word = /^\s*\w+/.exec(tidb)?.[0].trim().toUpperCase() ?? "";
  const near = TARGET_WORDS.includes(word) ? [] : nearest(word, TARGET_WORDS);
  return near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
}
