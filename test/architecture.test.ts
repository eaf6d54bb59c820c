import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** Who may import what: folders, or files without their extension. Everything may import within its own folder. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/source": [],
  "src/finding": ["src/source"],
  "src/group-by": [],
  "src/result": ["src/source", "src/finding"],
  "src/core": ["src/finding"],
  "src/pg": ["src/source"],
  "src/catalog": ["src/pg"],
  "src/types": ["src/pg", "src/catalog", "src/source", "src/emit/words"],
  "src/engine": ["src/pg", "src/catalog", "src/finding", "src/group-by", "src/source", "src/types/intervals", "src/emit/words"],
  "src/emit": ["src/pg", "src/types", "src/catalog", "src/engine/forms", "src/engine/ledger", "src/engine/tidb"],
  // Of the parser's side only the tree and its names.
  "src/data": ["src/pg/ast", "src/pg/names", "src/types", "src/catalog", "src/emit/words", "src/source"],
  "src/report": ["src/finding", "src/group-by", "src/result", "src/source", "src/core"],
  "src/report/prove": ["src/report", "src/prove/result", "src/source"],
  "src/targets": ["src/finding", "src/result", "src/source"],
  // Runs queries on both engines.
  "src/prove": ["src/catalog", "src/data", "src/emit", "src/finding", "src/pg", "src/result", "src/source", "src/targets", "src/types"],
  "src/cli": ["src/report/near", "src/source"],
  // The reader's file of settings.
  "src/config": ["src/cli/exit", "src/report/near", "src/source", "src/types/targets"],
  // What several commands do alike.
  "src/linted": ["src/finding", "src/result", "src/source"],
  "src/report/lint": ["src/report", "src/finding", "src/linted", "src/source"],
  "src/cli/baseline": ["src/cli", "src/linted"],
  "src/cli/remember": ["src/linted", "src/source"],
  "src/cli/lint": [
    "src/app",
    "src/cli",
    "src/engine/contract",
    "src/finding",
    "src/hosts",
    "src/linted",
    "src/report",
    "src/source",
    "src/trace",
    "src/targets/paths",
  ],
  "src/cli/lint-thread": ["src/app", "src/cli", "src/hosts", "src/linted", "rules/index", "traces/index"],
  "src/cli/lint-threads": ["src/app", "src/linted", "src/source", "src/targets/paths"],
  "src/cli/convert-thread": ["src/app", "src/cli", "rules/index"],
  "src/cli/convert-threads": ["src/app", "src/finding", "src/source", "src/targets/paths"],
  "src/cli/severities": ["src/cli", "src/config", "src/linted", "src/report/near"],
  "src/cli/rule-texts": ["src/core", "src/engine/contract", "src/finding", "src/report/lint", "src/trace"],
  "src/cli/begin": ["src/app", "src/cli", "src/config", "src/engine/contract", "src/finding", "src/result", "src/source"],
  "src/cli/flags": ["src/cli", "src/report"],
  "src/cli/run": ["src/app", "src/cli", "src/core", "src/finding", "src/report", "src/result", "src/source"],
  // Where SQL stands in code of other languages, and how it is spelt there.
  "src/hosts": ["src/source"],
  // Traces of PostgreSQL that are not SQL.
  "src/trace": ["src/finding", "src/source"],
  "src/comments": ["src/source"],
  traces: ["src/trace"],
  // The facade for rules.
  "src/rule": ["src/catalog", "src/emit", "src/engine", "src/finding", "src/group-by", "src/pg", "src/source", "src/types"],
  "src/app": ["src"],
  "src/bin": ["src/app/warm-up", "src/cli"],
  "src/tidb-migrate": ["src/cli"],
  rules: ["src/rule"],
  "rules/index": ["src/rule", "rules"],
  commands: ["src/app", "src/cli", "src/finding", "src/report", "src/result", "src/source", "rules/index", "traces/index"],
};

/** Pure: text in, values out. The parsers are packages that load WebAssembly. */
const PURE = [
  "src/source",
  "src/pg",
  "src/catalog",
  "src/types",
  "src/engine",
  "src/emit",
  "src/report",
  "src/rule",
  "src/finding",
  "src/result",
  "src/core",
  "src/group-by",
];

interface Module {
  /** From the root, with forward slashes, without its extension. */
  readonly path: string;
  readonly text: string;
  /** Files of ours, spelt as `path`. */
  readonly files: readonly string[];
  /** Packages and `node:` modules. */
  readonly packages: readonly string[];
}

const modules: readonly Module[] = ["src", "rules", "traces", "commands"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => read(`${folder}/${file.replaceAll("\\", "/")}`)),
);

function read(file: string): Module {
  const text = readFileSync(join(ROOT, file), "utf8");
  const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const local = imported.filter((name) => name.startsWith("."));
  return {
    path: file.replace(/\.ts$/, ""),
    text,
    files: local.map((name) => posix.join(dirname(file), name).replace(/\.js$/, "")),
    packages: imported.filter((name) => !name.startsWith(".")),
  };
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The most particular entry of the table that a file falls under. */
function entryOf(path: string): string {
  const entries = Object.keys(MAY_IMPORT).filter((entry) => isIn(path, entry));
  const [entry] = entries.sort((a, b) => b.length - a.length);
  if (entry === undefined) throw new Error(`${path} stands in a folder that the table of imports does not know`);
  return entry;
}

describe("imports", () => {
  it("keep to the table", () => {
    const wrong = modules.flatMap(({ path, files }) => {
      const entry = entryOf(path);
      const allowed = entry === "rules" ? MAY_IMPORT.rules! : [entry, ...MAY_IMPORT[entry]!];
      return files.filter((file) => !allowed.some((folder) => isIn(file, folder))).map((file) => `${path} imports ${file}`);
    });
    expect(wrong).toEqual([]);
  });

  it("have no circles", () => {
    expect(circles()).toEqual([]);
  });

  it("take each package in one file only", () => {
    const users = new Map<string, string[]>();
    for (const { path, packages } of modules)
      for (const name of new Set(packages.filter((each) => !each.startsWith("node:")).map(packageOf)))
        users.set(name, [...(users.get(name) ?? []), path]);
    // The frame of the command line is oclif's: the program, its commands and the flags they share.
    const frame = (path: string) => path === "src/cli/program" || path === "src/cli/flags" || path.startsWith("commands/");
    users.set(
      "@oclif/core",
      (users.get("@oclif/core") ?? []).filter((path) => !frame(path)),
    );
    expect([...users].filter(([, paths]) => paths.length > 1)).toEqual([]);
  });
});

describe("the core", () => {
  it("is pure: no modules of Node, no console, process, clock or chance", () => {
    const impure = modules
      .filter(({ path }) => PURE.some((folder) => isIn(path, folder)))
      .flatMap(({ path, text, packages }) => [
        ...packages.filter((name) => name.startsWith("node:")).map((name) => `${path} imports ${name}`),
        ...globalsIn(path, text).map((name) => `${path} uses ${name}`),
      ]);
    expect(impure).toEqual([]);
  });

  it("defines classes for errors and the ledger only", () => {
    const classes = modules
      .filter(({ path }) => !path.startsWith("commands/"))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^(?:export )?(?:abstract )?class (\w+)(?: extends (\w+))?/gm)].map(([, name, base]) => ({ path, name, base })),
      );
    expect(classes.filter(({ name, base }) => base !== "Error" && name !== "Ledger")).toEqual([]);
  });
});

function packageOf(name: string): string {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

const IMPURE = new Set(["console", "process", "Date", "performance", "setTimeout", "setInterval", "fetch", "Math.random"]);
/** Members of `Date` that only calculate. */
const CALCULATING = new Set(["parse", "UTC"]);

/** Names of impure globals that are used as values; comments, strings and properties of that name are not. */
function globalsIn(path: string, text: string): string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && IMPURE.has(node.text) && isValue(node)) found.add(node.text);
    if (ts.isPropertyAccessExpression(node) && IMPURE.has(node.getText())) found.add(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(`${path}.ts`, text, ts.ScriptTarget.ES2022, true));
  return [...found];
}

function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent))
    return parent.expression === node && !(node.text === "Date" && CALCULATING.has(parent.name.text));
  // A date that is told which one it is needs no clock.
  if (ts.isNewExpression(parent) && node.text === "Date" && parent.arguments?.length) return false;
  return (
    !((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) && parent.name === node) &&
    !ts.isTypeReferenceNode(parent)
  );
}

/** Circles of imports between folders of src, as `a → b → a`. Types alone bind nothing at run time, but they bind a reader. */
function circles(): string[] {
  const uses = new Map<string, Set<string>>();
  for (const { path, files } of modules) {
    const from = path;
    for (const to of valueImports(path)) if (files.includes(to)) uses.set(from, (uses.get(from) ?? new Set()).add(to));
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const next of uses.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return found;
}

/** The files that are imported for more than their types. */
function valueImports(path: string): string[] {
  const text = modules.find((module) => module.path === path)!.text;
  const file = ts.createSourceFile(`${path}.ts`, text, ts.ScriptTarget.ES2022);
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const typesOnly = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly;
    const specifier = statement.moduleSpecifier;
    if (typesOnly || specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return [];
    return [posix.join(dirname(path), specifier.text).replace(/\.js$/, "")];
  });
}
