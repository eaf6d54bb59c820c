import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const CHECKOUT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const NEEDED = [
  "src/targets",
  "src/app/check.ts",
  "src/app/engine.ts",
  "src/finding.ts",
  "src/result.ts",
  "src/source",
  "src/emit/words.ts",
  "src/cli",
  "commands/engine",
];

/** A copy of what the tests of this folder need, compiled and laid out as an installed package, to run in processes of its own. */
export interface Installed {
  readonly folder: string;
  /** Runs a module text with the compiled sources under `./dist`. */
  start(code: string, env?: Record<string, string>): Process;
  remove(): void;
}

export interface Process {
  readonly pid: number;
  readonly output: () => string;
  /** Resolves with all output so far once it contains the text; rejects when the process ends before. */
  says(text: string): Promise<string>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
  kill(signal: NodeJS.Signals): void;
}

export function install(): Installed {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "installed-")));
  for (const path of NEEDED) compile(path, folder);
  symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
  cpSync(join(CHECKOUT, "package.json"), join(folder, "package.json"));
  mkdirSync(join(folder, "embedded"));
  for (const file of ["go.mod", "go.sum"]) cpSync(join(CHECKOUT, "embedded", file), join(folder, "embedded", file));
  let scripts = 0;
  return {
    folder,
    start(code, env = {}) {
      const script = join(folder, `script${++scripts}.mjs`);
      writeFileSync(script, code);
      return startProcess(script, env);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compile(path: string, folder: string): void {
  const from = join(CHECKOUT, path);
  if (!path.endsWith(".ts")) {
    for (const entry of readdirSync(from)) compile(join(path, entry), folder);
    return;
  }
  const to = join(folder, "dist", path.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(to), { recursive: true });
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  writeFileSync(to, ts.transpileModule(readFileSync(from, "utf8"), { compilerOptions }).outputText);
}

function startProcess(script: string, env: Record<string, string>): Process {
  const child = spawn(process.execPath, [script], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      output += data;
      for (const listener of listeners) listener();
    });
  }
  // "exit", not "close": a builder's orphaned go may hold the pipes longer.
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>((resolve) => {
    child.once("exit", (code, signal) => setTimeout(() => resolve({ code, signal, output }), 20));
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.includes(text) && resolve(output);
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without saying "${text}": ${output}`)));
      }),
    ended,
    kill: (signal) => child.kill(signal),
  };
}

/** Waits until something holds; fails after ten seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
