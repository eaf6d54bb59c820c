import {
  type Call,
  infix,
  proofs,
  type Raw,
  raw,
  same,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

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

/** Text of a value as its type's output function writes it: `t` for true. */
const output = (arg: Value, call: Call): Tidb | undefined => {
  if (call.type(arg).name === "bool") return tidb`ELT(${arg} + 1, 'f', 't')`;
  const text = asText(arg, call);
  return text === undefined ? undefined : tidb`${text}`;
};

const listed = (head: string, items: readonly Tidb[]): Tidb => ({
  kind: "Tidb",
  texts: [head, ...items.slice(1).map(() => ", "), ")"],
  holes: items,
});

const SIDES: Readonly<Record<string, string>> = { btrim: "BOTH", ltrim: "LEADING", rtrim: "TRAILING" };

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
    replace: {
      calls: ["replace(text, text, text)"],
      tidb: same("REPLACE"),
      proofs: proofs(
        "replace(t, 'a', 'X')",
        "replace(t, '', 'X')",
        "replace(t, 'A', '')",
        "replace(t, tb, '-')",
        "replace(v, 'é', 'ee')",
        "replace(t, '\\', '/')",
      ),
    },
    substring: {
      calls: ["substring(text, int4)", "substr(text, int4)", "substring(text, int4, int4)", "substr(text, int4, int4)"],
      tidb: ([s, from, count], call) => {
        const known = call.integer(from);
        const length = count === undefined ? undefined : call.integer(count);
        if (length !== undefined && length < 0) return call.refuse("a substring of a negative length");
        if (count !== undefined && length === undefined) call.say("negative");
        if (known !== undefined && known >= 1)
          return same("SUBSTRING")((count === undefined ? [s, from] : [s, from, count]) as never, call);
        if (count === undefined) return tidb`SUBSTRING(${s}, GREATEST(${from}, 1))`;
        return tidb`CASE WHEN ${from} < 1 THEN SUBSTRING(${s}, 1, GREATEST(${count} + ${from} - 1, 0)) ELSE SUBSTRING(${s}, ${from}, ${count}) END`;
      },
      why: "A place before the first counts in PostgreSQL, and from the end in TiDB.",
      messages: {
        negative: warning("a substring of a negative length is empty, where PostgreSQL raises an error", {
          help: "check the length before",
        }),
      },
      proofs: [
        ...proofs(
          "substring(t from 2)",
          "substr(t, 2, 3)",
          "substring(t from 1 for 1)",
          "substr(t, 0)",
          "substr(t, -1, 3)",
          "substr(t, i2)",
          "substring(t from i2 for 2)",
          "substr(v, 2, 0)",
        ),
        { pg: "substr(t, 1, i2)", findings: ["negative"] },
        { pg: "substr(t, i2, i4b)", findings: ["negative"] },
      ],
    },
    position: {
      calls: ["position(text, text)", "strpos(text, text)"],
      tidb: ([s, part]) => tidb`LOCATE(${part}, ${s})`,
      proofs: proofs(
        "position('b' in t)",
        "strpos(t, 'B')",
        "strpos(t, '')",
        "strpos(t, tb)",
        "position('😀' in t)",
        "position('b' in t) > 0",
      ),
    },
    trim: {
      calls: ["btrim(text)", "ltrim(text)", "rtrim(text)", "btrim(text, text)", "ltrim(text, text)", "rtrim(text, text)"],
      tidb: ([s, set], call) => {
        const side = SIDES[call.signature.name]!;
        const known = set === undefined ? " " : call.text(set);
        if (known === undefined) return call.refuse("trimming by characters that are no literal");
        if (known === "") return tidb`${s}`;
        if ([...known].length === 1) return tidb`TRIM(${raw(side)} ${raw(string(known))} FROM ${s})`;
        const characters = `[${known.replaceAll(/[\\\]^[-]/g, "\\$&")}]+`;
        const pattern = side === "BOTH" ? `^${characters}|${characters}$` : side === "LEADING" ? `^${characters}` : `${characters}$`;
        return tidb`REGEXP_REPLACE(${s}, ${raw(string(pattern))}, '')`;
      },
      proofs: proofs(
        "trim(t)",
        "ltrim(t)",
        "rtrim(t)",
        "btrim(t, 'a')",
        "trim(both 'ab' from t)",
        "ltrim(t, 'aA')",
        "rtrim(t, 'b\\]^-')",
        "btrim(t, '')",
        "rtrim(t, 'é😀')",
        "trim(trailing from v)",
      ),
    },
    pad: {
      calls: ["lpad(text, int4)", "rpad(text, int4)", "lpad(text, int4, text)", "rpad(text, int4, text)"],
      tidb: ([s, length, fill], call) => {
        const name = raw(call.signature.name.toUpperCase());
        const known = fill === undefined ? " " : call.text(fill);
        const count = call.integer(length);
        const size = count === undefined ? tidb`GREATEST(${length}, 0)` : tidb`${raw(String(Math.max(count, 0)))}`;
        if (known === "") return tidb`LEFT(${s}, ${size})`;
        if (known === undefined) return tidb`CASE WHEN ${fill!} = '' THEN LEFT(${s}, ${size}) ELSE ${name}(${s}, ${size}, ${fill!}) END`;
        return tidb`${name}(${s}, ${size}, ${raw(string(known))})`;
      },
      proofs: proofs(
        "lpad(t, 5)",
        "rpad(t, 3, 'xy')",
        "lpad(t, 2, '0')",
        "lpad(t, -1, 'x')",
        "lpad(t, 4, '')",
        "lpad(i2::text, 3, '0')",
        "rpad(t, i2, tb)",
        "lpad(t, 6, 'é😀')",
      ),
    },
    repeat: {
      calls: ["repeat(text, int4)"],
      tidb: same("REPEAT"),
      proofs: proofs("repeat(t, 2)", "repeat(t, i2)", "repeat('ab', 0)", "repeat(t, -1)"),
    },
    reverse: { calls: ["reverse(text)"], tidb: same("REVERSE"), proofs: proofs("reverse(t)", "reverse(v)") },
    translate: {
      calls: ["translate(text, text, text)"],
      tidb: same("TRANSLATE"),
      proofs: proofs("translate(t, 'abc', 'xyz')", "translate(t, 'ab', '')", "translate(t, 'aé', 'éa')", "translate(t, 'a', 'xyz')"),
    },
    overlay: {
      calls: ["overlay(text, text, int4)", "overlay(text, text, int4, int4)"],
      tidb: ([s, part, from, count], call) => {
        const [at, length] = [call.integer(from), count === undefined ? undefined : call.integer(count)];
        if (at === undefined || at < 1 || (count !== undefined && (length === undefined || length < 0)))
          return call.refuse("overlay() at a place that is no positive literal");
        const rest = length === undefined ? tidb`${raw(String(at))} + CHAR_LENGTH(${part})` : tidb`${raw(String(at + length))}`;
        return tidb`CONCAT(LEFT(${s}, ${raw(String(at - 1))}), ${part}, SUBSTRING(${s}, ${rest}))`;
      },
      why: "INSERT() leaves the text as it is where the place is behind its end.",
      proofs: proofs(
        "overlay(t placing 'XY' from 2)",
        "overlay(t placing 'XY' from 2 for 1)",
        "overlay(t placing v from 1 for 0)",
        "overlay(t placing 'Z' from 9)",
      ),
    },
    "split-part": {
      calls: ["split_part(text, text, int4)"],
      tidb: ([s, separator, place], call) => {
        const [between, n] = [call.text(separator), call.integer(place)];
        if (!between || n === undefined || n === 0) return call.refuse("split_part() with a separator or a number that is no literal");
        if (n === 1) return tidb`SUBSTRING_INDEX(${s}, ${separator}, 1)`;
        if (n === -1) return tidb`SUBSTRING_INDEX(${s}, ${separator}, -1)`;
        const parts = tidb`(CHAR_LENGTH(${s}) - CHAR_LENGTH(REPLACE(${s}, ${separator}, ''))) DIV ${raw(String([...between].length))} + 1`;
        const part = tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${s}, ${separator}, ${raw(String(n))}), ${separator}, ${raw(n > 0 ? "-1" : "1")})`;
        return tidb`CASE WHEN ${s} IS NULL THEN NULL WHEN ${parts} >= ${raw(String(Math.abs(n)))} THEN ${part} ELSE '' END`;
      },
      proofs: proofs(
        "split_part(t, ' ', 1)",
        "split_part(t, ' ', 2)",
        "split_part(t, ',', 3)",
        "split_part(t, ',', -1)",
        "split_part(t, ',', -2)",
        "split_part(t, 'B', 2)",
        "split_part(t, '😀', 2)",
        "split_part('aXYbXYc', 'XY', 3)",
      ),
    },
    "starts-with": {
      calls: ["starts_with(text, text)", "^@(text, text)"],
      tidb: ([s, part]) => infix("comparison")`LEFT(${s}, CHAR_LENGTH(${part})) = ${part}`,
      proofs: proofs("starts_with(t, 'a')", "t ^@ tb", "starts_with(t, '')", "NOT starts_with(t, 'A')"),
    },
    concat: {
      calls: ["concat(any...)"],
      tidb: (args, call) => {
        const parts = (args as readonly Value[]).map((arg) => output(arg, call));
        return parts.includes(undefined) ? undefined : listed("CONCAT_WS('', ", parts as Tidb[]);
      },
      why: "NULL is passed over, as CONCAT_WS does; TiDB's CONCAT gives NULL.",
      proofs: proofs("concat(t, v)", "concat(t, '-', i4, b)", "concat(d, ' ', n)", "concat(t)", "concat(e, u, NULL)"),
    },
    "concat-with-separator": {
      calls: ["concat_ws(text, any...)"],
      tidb: ([separator, ...args], call) => {
        const parts = (args as readonly Value[]).map((arg) => output(arg, call));
        return parts.includes(undefined) ? undefined : listed("CONCAT_WS(", [tidb`${separator}`, ...(parts as Tidb[])]);
      },
      proofs: proofs("concat_ws(',', t, v, i4)", "concat_ws(tb, b, d)", "concat_ws(', ', NULL, t)"),
    },
    format: {
      calls: ["format(text)", "format(text, any...)"],
      tidb: ([pattern, ...args], call) => {
        const text = call.text(pattern);
        const pieces = text?.split(/(%s|%%)/);
        if (!pieces || pieces.some((piece, i) => i % 2 === 0 && piece.includes("%")))
          return call.refuse("format() with anything but %s and %% in a literal");
        const values = [...(args as readonly Value[])];
        if (pieces.filter((piece) => piece === "%s").length !== values.length)
          return call.refuse("format() with another number of values than %s");
        const parts = pieces
          .filter((piece) => piece !== "")
          .map((piece) => (piece === "%s" ? output(values.shift()!, call) : tidb`${raw(string(piece === "%%" ? "%" : piece))}`));
        if (parts.includes(undefined)) return undefined;
        return parts.length === 0 ? tidb`''` : listed("CONCAT_WS('', ", parts as Tidb[]);
      },
      why: "FORMAT() formats numbers in TiDB.",
      proofs: proofs("format('%s-%s', t, i4)", "format('100%% of %s', v)", "format('plain')", "format('%s', b)"),
    },
    "bit-length": { calls: ["bit_length(text|bytea)"], tidb: same("BIT_LENGTH"), proofs: proofs("bit_length(t)", "bit_length(y)") },
    ascii: {
      calls: ["ascii(text)"],
      tidb: (args, call) => {
        call.say("bytes");
        return same("ASCII")(args, call);
      },
      messages: {
        bytes: warning("of a character beyond ASCII this is the first byte, where PostgreSQL gives the code point", {
          help: "nothing to do where the text is ASCII",
        }),
      },
      proofs: [{ pg: "ascii(t)", findings: ["bytes"], differs: true }],
    },
    chr: {
      calls: ["chr(int4)"],
      tidb: ([code], call) => {
        const known = call.integer(code);
        if (known !== undefined && known > 0) return tidb`${raw(string(String.fromCodePoint(known)))}`;
        call.say("ascii");
        return tidb`CHAR(${code} USING utf8mb4)`;
      },
      messages: {
        ascii: warning("numbers beyond 127 give NULL or other characters, where PostgreSQL gives the one of that code point", {
          help: "nothing to do where the numbers are ASCII",
        }),
      },
      proofs: [...proofs("chr(65)", "chr(233)", "'a' || chr(10) || 'b'"), { pg: "chr(i4b + 70)", findings: ["ascii"], differs: true }],
    },
    "to-hex": {
      calls: ["to_hex(int4)", "to_hex(int8)"],
      tidb: ([n], call) => (call.signature.args[0] === "int4" ? tidb`LOWER(HEX(${n} & 4294967295))` : tidb`LOWER(HEX(${n}))`),
      proofs: proofs("to_hex(i4)", "to_hex(i8)", "to_hex(255)"),
    },
    encode: {
      calls: ["encode(bytea, text)"],
      tidb: ([bytes, format], call) => {
        const name = call.text(format)?.toLowerCase();
        if (name === "hex") return tidb`LOWER(HEX(${bytes}))`;
        return name === "base64" ? tidb`TO_BASE64(${bytes})` : call.refuse(`encode() as ${name ?? "a format that is no literal"}`);
      },
      why: "ENCODE encrypts in TiDB.",
      proofs: proofs("encode(y, 'hex')", "encode(y, 'base64')", "encode(y || y, 'HEX')"),
    },
    decode: {
      calls: ["decode(text, text)"],
      tidb: ([text, format], call) => {
        const name = call.text(format)?.toLowerCase();
        if (name !== "hex" && name !== "base64") return call.refuse(`decode() of ${name ?? "a format that is no literal"}`);
        call.say("malformed");
        return name === "hex" ? tidb`UNHEX(${text})` : tidb`FROM_BASE64(${text})`;
      },
      messages: {
        malformed: warning("text that is not of that format gives NULL or other bytes, where PostgreSQL raises an error", {
          help: "nothing to do where the text comes from encode()",
        }),
      },
      proofs: [
        { pg: "decode(encode(y, 'hex'), 'hex')", findings: ["malformed"] },
        { pg: "decode(encode(y, 'base64'), 'base64')", findings: ["malformed"] },
      ],
    },
    "concatenate-bytes": { calls: ["||(bytea, bytea)"], tidb: same("CONCAT"), proofs: proofs("y || y", "y || '\\x00'") },
    sha2: {
      calls: ["sha224(bytea)", "sha256(bytea)", "sha384(bytea)", "sha512(bytea)"],
      tidb: ([bytes], call) => tidb`UNHEX(SHA2(${bytes}, ${raw(call.signature.name.slice(3))}))`,
      proofs: proofs("sha256(y)", "encode(sha512(y), 'hex')", "sha224(y)", "sha384(y)"),
    },
    "quote-literal": {
      calls: ["quote_literal(text)", "quote_nullable(text)"],
      tidb: ([s], call) => {
        const [backslash, two, quote, twice] = ["\\", "\\\\", "'", "''"].map((sign) => raw(string(sign))) as [Raw, Raw, Raw, Raw];
        const escaped = tidb`REPLACE(REPLACE(${s}, ${backslash}, ${two}), ${quote}, ${twice})`;
        const written = tidb`CONCAT(CASE WHEN INSTR(${s}, ${backslash}) > 0 THEN 'E' ELSE '' END, ${quote}, ${escaped}, ${quote})`;
        return call.signature.name === "quote_nullable" ? tidb`COALESCE(${written}, 'NULL')` : written;
      },
      proofs: proofs("quote_literal(t)", "quote_nullable(t)"),
    },
  },
);
