import type { TypeName, Value } from "../pg/ast.js";
import type { PgType } from "./analysis.js";

/** The type of an expression as a column definition would name it; a literal that nothing gives a type is text, as in CREATE TABLE AS. */
export function typeNode({ name, mods = [] }: PgType): TypeName {
  const [, base = name, brackets] = /^(.*?)(\[\])?$/.exec(name === "unknown" ? "text" : name) ?? [];
  return {
    kind: "TypeName",
    names: base.split("."),
    typmods: mods.map((ival) => ({ kind: "A_Const", ival })),
    ...(brackets === undefined ? {} : { arrayBounds: [-1] }),
  };
}

/** `nextval('schema.name')` */
export function nextvalOf({ schema, name }: { readonly schema: string; readonly name: string }): Value {
  const text = [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
  return { kind: "FuncCall", funcname: ["nextval"], args: [{ kind: "A_Const", sval: text }] };
}
