import type { Source } from "../../source/text.js";
import { belowFolder } from "./foreign.js";

/** Where the manifest of a tree says what it is called itself. */
const NAMES: Readonly<Record<string, RegExp>> = {
  "go.mod": /^module\s+"?(?<name>[^\s"]+)/m,
  "pyproject.toml": /^\[(?:project|tool\.poetry)\]\s*$(?:(?!^\[)[\s\S])*?^name\s*=\s*["'](?<name>[^"']+)/m,
  "setup.cfg": /^\[metadata\]\s*$(?:(?!^\[)[\s\S])*?^name\s*=\s*(?<name>\S+)/m,
  "setup.py": /\bsetup\([\s\S]*?\bname\s*=\s*["'](?<name>[^"']+)/,
  "Cargo.toml": /^\[package\]\s*$(?:(?!^\[)[\s\S])*?^name\s*=\s*"(?<name>[^"]+)/m,
  "package.json": /^\s*\{(?:\s*"(?!name")\w+"\s*:\s*(?:"[^"]*"|\w+)\s*,)*\s*"name"\s*:\s*"(?<name>[^"]+)"/,
};

/** Whether a file says what the tree it is in is called. */
export function isManifest({ name }: Pick<Source, "name">, folders?: readonly string[]): boolean {
  return Object.hasOwn(NAMES, below(name, folders));
}

function below(name: string, folders?: readonly string[]): string {
  return belowFolder(name, folders).replace(/^\.\//, "");
}

/** What the trees that are looked at are called by their own manifests: a package is none of its own dependencies. */
export function ownNames(files: readonly Source[], folders?: readonly string[]): readonly string[] {
  return files.flatMap(({ name, text }) => {
    const path = below(name, folders);
    const pattern = Object.hasOwn(NAMES, path) ? NAMES[path]! : undefined;
    return pattern?.exec(text)?.groups?.name ?? [];
  });
}

/** Whether a name is that of a tree, or of something in it. */
export function isOwnName(name: string, own: readonly string[]): boolean {
  return own.some((each) => name === each || name.startsWith(`${each}/`));
}
