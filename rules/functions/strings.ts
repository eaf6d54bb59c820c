import { type Call, infix, proofs, raw, same, string, table, tidb, type Write } from "../../src/rule.js";

/** Text of a value as PostgreSQL concatenates it. */
const asText = (arg: Parameters<Call["type"]>[0], call: Call) => {
  const { name } = call.type(arg);
  return TEXT.has(name) ? arg : call.other("::", [name, "text"], [arg]);
};
const TEXT = new Set(["text", "varchar", "bpchar", "name", "unknown"]);

const concatenation: Write = ([left, right], call) => {
  const parts = [asText(left, call), asText(right, call)];
  return parts[0] === undefined || parts[1] === undefined ? undefined : tidb`CONCAT(${parts[0]}, ${parts[1]})`;
};

/** TiDB 8.5.6 counts bytes for `_` in a column of utf8mb4_0900_bin: 'é' LIKE '_' is false there, and true by another collation. */
function subject(value: Parameters<Call["type"]>[0], pattern: string | undefined) {
  return pattern !== undefined && !pattern.includes("_") ? tidb`${value}` : tidb`${value} COLLATE utf8mb4_bin`;
}

/** LIKE and its escape, whose patterns are the same. */
const like = (not: string): Write => {
  return ([value, pattern], call) => {
    const escaped = pattern as { kind?: string; funcname?: readonly string[]; args?: readonly (typeof value)[] };
    if (escaped.kind !== "FuncCall" || escaped.funcname?.at(-1) !== "like_escape")
      return infix("comparison")`${subject(value, call.text(pattern))} ${raw(not)}LIKE ${pattern}`;
    const [inner, sign] = escaped.args ?? [];
    const text = sign === undefined ? undefined : call.text(sign);
    if (inner === undefined || text === undefined) return call.refuse("LIKE with an escape that is no literal");
    call.open(pattern as never);
    return infix("comparison")`${subject(value, call.text(inner))} ${raw(not)}LIKE ${inner} ESCAPE ${raw(string(text))}`;
  };
};

const ilike = (not: string): Write => {
  return ([value, pattern], call) => {
    if ((pattern as { kind?: string }).kind === "FuncCall") return call.refuse("ILIKE with ESCAPE");
    return infix("comparison")`${subject(tidb`LOWER(${value})` as never, call.text(pattern))} ${raw(not)}LIKE LOWER(${pattern})`;
  };
};

export const stringRules = table(
  "functions/strings",
  { pg: "functions-string", tidb: "string-functions" },
  {
    lower: { calls: ["lower(text)"], tidb: same("LOWER"), proofs: proofs("lower(t)", "lower(v)", "lower(c)", "lower('ÀÉ')") },
    upper: { calls: ["upper(text)"], tidb: same("UPPER"), proofs: proofs("upper(tb)", "upper(v)", "upper(c)") },
    length: {
      calls: ["length(text|bpchar)", "char_length(text|bpchar)", "character_length(text|bpchar)"],
      tidb: same("CHAR_LENGTH"),
      proofs: proofs("length(t)", "char_length(t)", "character_length(v)", "length(c)", "length(t || v)", "length('é😀')"),
    },
    "octet-length": {
      calls: ["octet_length(text|bytea)", "length(bytea)"],
      tidb: same("LENGTH"),
      proofs: proofs("octet_length(t)", "octet_length(y)", "length(y)"),
    },
    md5: { calls: ["md5(text|bytea)"], tidb: same("MD5"), proofs: proofs("md5(t)", "md5('')", "md5(y)") },
    concatenate: {
      calls: ["||(text, text)", "||(text, anynonarray)", "||(anynonarray, text)"],
      tidb: concatenation,
      why: "`||` is a logical or in TiDB.",
      proofs: proofs(
        "t || v",
        "t || '!'",
        "'a' || t || 'b'",
        "t || i4",
        "i8 || t",
        "b || t",
        "d || t",
        "n || t",
        "t || c",
        "t || NULL",
        "e || t",
        "u || t",
      ),
    },
    like: {
      calls: ["~~(text|bpchar, text)"],
      tidb: like(""),
      proofs: proofs(
        "t LIKE 'a%'",
        "t LIKE '_'",
        "t LIKE 'A%'",
        "t LIKE tb",
        "t LIKE '%\\%%'",
        "t LIKE '%\\_%'",
        "t LIKE '%\\\\%'",
        "t LIKE '%!%%' ESCAPE '!'",
        "v LIKE '%b%'",
        "t LIKE '😀'",
        "t LIKE ''",
        "c LIKE 'a%'",
        "t LIKE '%é'",
      ),
    },
    "not-like": {
      calls: ["!~~(text|bpchar, text)"],
      tidb: like("NOT "),
      proofs: proofs("t NOT LIKE 'a%'", "t NOT LIKE '%!_%' ESCAPE '!'", "NOT t LIKE '%a'"),
    },
    ilike: {
      calls: ["~~*(text|bpchar, text)"],
      tidb: ilike(""),
      proofs: proofs("t ILIKE 'a%'", "t ILIKE '%É%'", "t ILIKE tb", "t ILIKE '%\\_%'", "v ILIKE '%BC'"),
    },
    "not-ilike": { calls: ["!~~*(text|bpchar, text)"], tidb: ilike("NOT "), proofs: proofs("t NOT ILIKE 'A%'", "t NOT ILIKE '%é'") },
    left: {
      calls: ["left(text, int4)", "right(text, int4)"],
      tidb: ([s, n], call) => {
        const name = raw(call.signature.name.toUpperCase());
        const count = call.integer(n);
        if (count !== undefined && count >= 0) return tidb`${name}(${s}, ${n})`;
        return tidb`CASE WHEN ${n} < 0 THEN ${name}(${s}, GREATEST(CHAR_LENGTH(${s}) + ${n}, 0)) ELSE ${name}(${s}, ${n}) END`;
      },
      why: "A negative count leaves so many characters out.",
      proofs: proofs("left(t, 2)", "right(t, 2)", "left(t, -1)", "right(t, -1)", "left(t, i2)", "right(t, i2)", "left(t, 0)"),
    },
  },
);
