import type { Catalog, TableConstraint } from "./model.js";

/**
 * What becomes of schemas in TiDB, which has none within a database. `prefix`: all relations stand in the connection's database, and where
 * there are several schemas, those outside public have their schema's name in front. `flat`: likewise, without it. `database`: every schema,
 * public too, is a database of its name.
 */
export type Schemas = "prefix" | "flat" | "database";

/** Identifiers are cut to this many bytes (NAMEDATALEN - 1). */
const MAX_BYTES = 63;

/**
 * The name PostgreSQL gives an unnamed constraint, index or sequence: `table_column_label`, the longer part cut first until it fits
 * (makeObjectName in src/backend/commands/indexcmds.c), a number appended while it is taken (ChooseRelationName).
 */
export function objectName(table: string, columns: string | undefined, label: string, taken: (name: string) => boolean): string {
  for (let pass = 0; ; pass++) {
    const name = makeObjectName(table, columns, pass === 0 ? label : `${label}${pass}`);
    if (!taken(name)) return name;
  }
}

/** The longest name of TiDB, in characters. */
const MAX_TIDB_NAME = 64;

/**
 * What a CHECK is called in TiDB, where names of CHECKs are unique in a database, whatever their letter case (error 3822): the first table
 * that ever has one of a name keeps it, those of others have the name under which their table was made before theirs.
 * @param final the schema at the end of the input
 */
export function checkName({ checkNames }: Catalog, { name, table }: Pick<TableConstraint, "name" | "table">): string {
  const owners = checkNames.get(name.toLowerCase()) ?? [];
  const at = owners.findIndex(({ node }) => node === table.node);
  if (at < 1) return name;
  const stem = `${table.node.relation?.relname ?? table.name}_${name}`;
  const taken = stem.length > MAX_TIDB_NAME || checkNames.has(stem.toLowerCase());
  return taken ? `${stem.slice(0, MAX_TIDB_NAME - 4)}_${at}` : stem;
}

/** What an index, key or foreign key is called in TiDB, where no index has the name of primary keys (error 1280). */
export function keyName(name: string): string {
  return name.toLowerCase() === "primary" ? `${name}_1` : name;
}

/** What a constraint is called in TiDB. See `checkName` and `keyName`. */
export function constraintName(final: Catalog, made: Pick<TableConstraint, "name" | "table" | "type">): string {
  return made.type === "check" ? checkName(final, made) : keyName(made.name);
}

function makeObjectName(first: string, second: string | undefined, label: string): string {
  const overhead = label.length + 1 + (second === undefined ? 0 : 1);
  let one = bytes(first);
  let two = second === undefined ? 0 : bytes(second);
  while (one + two > MAX_BYTES - overhead) {
    if (one > two) one--;
    else two--;
  }
  const parts = [clip(first, one)];
  if (second !== undefined) parts.push(clip(second, two));
  parts.push(label);
  return parts.join("_");
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** Cuts to at most `max` bytes without breaking a character. */
function clip(text: string, max: number): string {
  if (bytes(text) <= max) return text;
  let out = "";
  for (const char of text) {
    if (bytes(out) + bytes(char) > max) break;
    out += char;
  }
  return out;
}
