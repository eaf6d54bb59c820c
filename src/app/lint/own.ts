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

/** What the trees that are looked at are called by their own manifests: a package is none of its own dependencies. */
export function ownNames(files: readonly Source[], folders?: readonly string[]): readonly string[] {
  return files.flatMap(({ name, text }) => {
    const path = belowFolder(name, folders).replace(/^\.\//, "");
    const pattern = Object.hasOwn(NAMES, path) ? NAMES[path]! : undefined;
    return pattern?.exec(text)?.groups!.name ?? [];
  });
}

/** Whether a name is that of a tree, or of something in it. */
export function isOwnName(name: string, own: readonly string[]): boolean {
  return own.some((each) => name === each || name.startsWith(`${each}/`));
}
