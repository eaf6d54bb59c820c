import type { Source } from "../../source/text.js";
import { isForeignPath, isForeignText } from "./foreign.js";

/** A history of a schema that stands in the tree: its files, in order. */
export interface FoundSchema {
  /** The folder, or the file. */
  readonly name: string;
  readonly sources: readonly Source[];
}

const MAKES_TABLES = /\b(?:create\s+(?:\w+\s+){0,2}?table|alter\s+table)\b/i;
/** A file of a test makes tables of its own, and one that reverts takes them away. */
const NO_SCHEMA =
  /(?:^|[/._-])(?:tests?|testdata|fixtures?|spec|examples?|bench(?:marks?)?|seeds?)(?=[/._-])|(?:^|[/._-])(?:down|rollback|revert|undo|drop)\.sql$|\/U\d[^/]*\.sql$/i;

/** The schemas that SQL files of a tree make: those of one folder are one history, however many folders its versions have. */
export function schemasIn(files: readonly Source[], inOrder: (a: string, b: string) => number): readonly FoundSchema[] {
  const groups = new Map<string, Source[]>();
  for (const source of files) {
    if (!source.name.endsWith(".sql") || NO_SCHEMA.test(source.name) || isForeignPath(source.name)) continue;
    if (!MAKES_TABLES.test(source.text) || isForeignText(source.text)) continue;
    const name = folderOf(source.name);
    groups.set(name, [...(groups.get(name) ?? []), source]);
  }
  return [...groups]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([name, sources]) => ({ name, sources: sources.sort((a, b) => inOrder(a.name, b.name)) }));
}

/** `migrations` for `migrations/0001_init/up.sql` as well as for `migrations/0001_init.sql`. */
function folderOf(path: string): string {
  const folders = path.split("/").slice(0, -1);
  if (folders.length > 1 && /^\d|migration\.sql$/.test(`${folders.at(-1)}`)) folders.pop();
  return folders.join("/") || ".";
}

const SCHEMA_CODE = /migrat|(?:^|[/._-])(?:schema|ddl|tables?|initdb)(?=[/._-])/i;

/** Whether a file of code may make a schema, as migrations do that are written in it. */
export function isSchemaCode({ name, text }: Source): boolean {
  return (
    !name.endsWith(".sql") && SCHEMA_CODE.test(name) && !NO_SCHEMA.test(name) && !isForeignPath(name) && /\bcreate\s+table\b/i.test(text)
  );
}
