import type { Trace } from "../src/trace.js";

/** A driver or library of PostgreSQL in one ecosystem of packages. */
export interface Package {
  /** The names it goes by, as a pattern without groups that capture. */
  readonly name: string;
  /** One of them, for the example; `name` itself where that is no pattern. */
  readonly shown?: string;
  /** Of the traces: `npm/pg`. */
  readonly id: string;
  /** What there is for TiDB in its place; undefined where nothing is needed. */
  readonly to?: string;
  /** What is in it has other names there: nothing is put in its place as it stands. */
  readonly isOther?: boolean;
  readonly help: string;
}

/** Where an ecosystem's packages are named, and how. */
export interface Manifest {
  /** Of the ids, and what the readers call it. */
  readonly id: string;
  readonly kind: string;
  readonly docs: string;
  readonly files: RegExp;
  /** The pattern of a naming, its place in a group `at`. */
  readonly find: (name: string) => RegExp;
  /** A file that names a package. */
  readonly example: (name: string) => string;
  readonly file: string;
  /** A file that names none of PostgreSQL. */
  readonly lookAlike: string;
}

/** A trace for each package, where `manifest` names it. */
export function named({ id, kind, docs, files, find, example, file, lookAlike }: Manifest, packages: readonly Package[]): Trace[] {
  return packages.map(({ name, shown = name, id: of, to, isOther, help }) => {
    const form = isOther ? undefined : to;
    return {
      id: `${id}/${of}`,
      construct: `${kind} ${shown}`,
      why: "TiDB speaks MySQL's protocol: what speaks PostgreSQL's does not reach it.",
      docs,
      severity: "error",
      text: to === undefined ? "{match} is for PostgreSQL and has no counterpart" : `{match} is for PostgreSQL; for TiDB: ${to}`,
      help,
      files,
      find: find(name),
      ...(form === undefined ? {} : { form: () => form }),
      examples: [
        { file, text: example(shown), found: [shown], ...(form === undefined ? {} : { forms: [form] }) },
        { file, text: lookAlike, found: [] },
      ],
    };
  });
}
