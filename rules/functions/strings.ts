import {
  as,
  blankFilled,
  type Call,
  counter,
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
  const { name } = call.type(arg);
  if (name === "bool") return tidb`ELT(${arg} + 1, 'f', 't')`;
  if (name === "bpchar") return blankFilled(arg, call);
  // Its cast to text is the one that always has a mask.
  if (name === "inet") return tidb`${arg}`;
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
function subject(value: Value, pattern: string | undefined, insensitive: boolean, call: Call): Tidb | undefined {
  // Blanks at the end do not matter where anything may follow.
  const filled = pattern !== undefined && /^[^_ ]*%$/.test(pattern) ? tidb`${value}` : blankFilled(value, call);
  const text = filled && insensitive ? tidb`LOWER(${filled})` : filled;
  return pattern !== undefined && !pattern.includes("_") ? text : text && tidb`${text} COLLATE utf8mb4_bin`;
}

/**
 * A pattern that escapes by another sign as one that escapes by a backslash (like_match.c, do_like_escape); an empty sign escapes nothing.
 * @returns undefined where it ends in the sign, which PostgreSQL raises an error for as soon as a text gets there
 */
function byBackslash(pattern: string, mark: string): string | undefined {
  const signs = [...pattern];
  let text = "";
  for (let i = 0; i < signs.length; i++) {
    if (signs[i] !== mark) text += signs[i] === "\\" ? "\\\\" : signs[i];
    else if (++i === signs.length) return undefined;
    else text += `\\${signs[i]}`;
  }
  return text;
}

/** Signs that TiDB can escape by as PostgreSQL does: one byte, and none that means something in a pattern. */
const PLAIN_MARK = /^[!-~]$/;

/** LIKE, ILIKE and their escape, whose patterns are the same. */
const like = (not: string, insensitive = false): Write => {
  return ([value, pattern], call) => {
    const folded = (text: Value | Tidb) => (insensitive ? tidb`LOWER(${text})` : tidb`${text}`);
    const test = (known: string | undefined, written: Value | Tidb, ending: Raw = raw("")) => {
      const text = subject(value, known, insensitive, call);
      return text && infix("comparison")`${text} ${raw(not)}LIKE ${folded(written)}${ending}`;
    };
    const escaped = as("FuncCall", pattern);
    const isEscaped = escaped?.funcname?.at(-1) === "like_escape";
    const [inner, sign] = isEscaped ? (escaped.args ?? []) : [pattern, undefined];
    const mark = sign === undefined ? "\\" : call.text(sign);
    if (inner === undefined || mark === undefined) return call.refuse("LIKE with an escape that is no literal");
    if ([...mark].length > 1) return call.refuse("LIKE with an escape of several characters, which is an error in PostgreSQL");
    if (isEscaped) call.open(pattern as never);
    const source = call.text(inner);
    if (source === undefined) {
      if (mark === "\\") return test(undefined, inner);
      if (mark === "") return test(undefined, tidb`REPLACE(${inner}, ${raw(string("\\"))}, ${raw(string("\\\\"))})`);
      if (!PLAIN_MARK.test(mark) || /[%_]/.test(mark) || (insensitive && /[A-Za-z]/.test(mark)))
        return call.refuse(`LIKE with a pattern that is no literal and escapes by ${mark}`);
      return test(undefined, inner, raw(` ESCAPE ${string(mark)}`));
    }
    const known = byBackslash(source, mark);
    if (known === undefined) return call.refuse("LIKE with a pattern that ends in its escape, which PostgreSQL raises an error for");
    if (mark === "\\" || source === known) return test(known, inner);
    if (PLAIN_MARK.test(mark) && !/[%_A-Za-z]/.test(mark) && !source.includes("\\"))
      return test(known, inner, raw(` ESCAPE ${string(mark)}`));
    return test(known, tidb`${raw(string(known))}`);
  };
};

/** What one specifier of format() writes (the manual, "Formatting Strings"). */
function formatted(pattern: string, args: readonly Value[], call: Call): Tidb | undefined {
  const parts: Tidb[] = [];
  let next = 0;
  let at = 0;
  for (const found of pattern.matchAll(/%(?:%|(?:(\d+)\$)?(-?)(\d*)([sIL]))/g)) {
    const [all, place, left, width, kind] = found;
    const plain = pattern.slice(at, found.index) + (all === "%%" ? "%" : "");
    if (plain.includes("%") && all !== "%%") return call.refuse("format() with anything but %s, %I, %L and %% in a literal");
    if (plain !== "") parts.push(tidb`${raw(string(plain))}`);
    at = found.index + all.length;
    if (kind === undefined) continue;
    next = place === undefined ? next + 1 : Number(place);
    const arg = args[next - 1];
    if (arg === undefined) return call.refuse("format() with fewer values than it asks for");
    const text = output(arg, call);
    if (!text) return undefined;
    if (kind === "I" && call.nullable(arg)) call.say("no-name");
    const spelt = kind === "s" ? text : kind === "L" ? quotedLiteral(text, true) : quotedName(text);
    const size = Number(width);
    const padded = tidb`COALESCE(${spelt}, '')`;
    if (size === 0) parts.push(spelt);
    else parts.push(tidb`${raw(left ? "RPAD" : "LPAD")}(${padded}, GREATEST(CHAR_LENGTH(${padded}), ${raw(String(size))}), ' ')`);
  }
  if (pattern.slice(at).includes("%")) return call.refuse("format() with anything but %s, %I, %L and %% in a literal");
  if (at < pattern.length) parts.push(tidb`${raw(string(pattern.slice(at)))}`);
  return parts.length === 0 ? tidb`''` : listed("CONCAT_WS('', ", parts);
}

/** Unicode's normal forms. */
const FORMS = new Set(["NFC", "NFD", "NFKC", "NFKD"]);

/** A text as a string literal of PostgreSQL's. */
function quotedLiteral(text: Tidb, nullable: boolean): Tidb {
  const [backslash, two, quote, twice] = ["\\", "\\\\", "'", "''"].map((sign) => raw(string(sign))) as [Raw, Raw, Raw, Raw];
  const escaped = tidb`REPLACE(REPLACE(${text}, ${backslash}, ${two}), ${quote}, ${twice})`;
  const written = tidb`CONCAT(CASE WHEN INSTR(${text}, ${backslash}) > 0 THEN 'E' ELSE '' END, ${quote}, ${escaped}, ${quote})`;
  return nullable ? tidb`COALESCE(${written}, 'NULL')` : written;
}

/** Words that PostgreSQL puts in quotes where they are names: its keywords but for the unreserved ones (pg_get_keywords). */
const KEYWORDS =
  "all,analyse,analyze,and,any,array,as,asc,asymmetric,authorization,between,bigint,binary,bit,boolean,both,case,cast,char,character,check,coalesce,collate,collation,column,concurrently,constraint,create,cross,current_catalog,current_date,current_role,current_schema,current_time,current_timestamp,current_user,dec,decimal,default,deferrable,desc,distinct,do,else,end,except,exists,extract,false,fetch,float,for,foreign,freeze,from,full,grant,greatest,group,grouping,having,ilike,in,initially,inner,inout,int,integer,intersect,interval,into,is,isnull,join,json,json_array,json_arrayagg,json_exists,json_object,json_objectagg,json_query,json_scalar,json_serialize,json_table,json_value,lateral,leading,least,left,like,limit,localtime,localtimestamp,merge_action,national,natural,nchar,none,normalize,not,notnull,null,nullif,numeric,offset,on,only,or,order,out,outer,overlaps,overlay,placing,position,precision,primary,real,references,returning,right,row,select,session_user,setof,similar,smallint,some,substring,symmetric,system_user,table,tablesample,then,time,timestamp,to,trailing,treat,trim,true,union,unique,user,using,values,varchar,variadic,verbose,when,where,window,with,xmlattributes,xmlconcat,xmlelement,xmlexists,xmlforest,xmlnamespaces,xmlparse,xmlpi,xmlroot,xmlserialize,xmltable";

/** A text as an identifier of PostgreSQL's. */
function quotedName(text: Tidb): Tidb {
  const isPlain = tidb`REGEXP_LIKE(${text}, '^[a-z_][a-z0-9_]*$', 'c') AND FIND_IN_SET(${text}, ${raw(string(KEYWORDS))}) = 0`;
  return tidb`CASE WHEN ${isPlain} THEN ${text} ELSE CONCAT('"', REPLACE(${text}, '"', '""'), '"') END`;
}

/** The part of a text between separators, and '' where it has fewer. */
function partAt(s: Value, separator: Value, place: Value): Tidb {
  const parts = tidb`(CHAR_LENGTH(${s}) - CHAR_LENGTH(REPLACE(${s}, ${separator}, ''))) DIV CHAR_LENGTH(${separator}) + 1`;
  const from = tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${s}, ${separator}, ${place}), ${separator}, CASE WHEN ${place} > 0 THEN -1 ELSE 1 END)`;
  const found = tidb`CASE WHEN ${parts} >= ABS(${place}) THEN ${from} ELSE '' END`;
  return tidb`CASE WHEN ${place} <> 0 THEN CASE WHEN ${separator} <> '' THEN CASE WHEN ${s} IS NOT NULL THEN ${found} END WHEN ${separator} IS NOT NULL THEN CASE WHEN ${place} IN (1, -1) THEN ${s} WHEN ${s} IS NOT NULL THEN '' END END END`;
}

/** The code point of a character, put together from the bytes of its UTF-8, of which ORD() makes one number. */
function codePoint(s: Value): Tidb {
  const o = tidb`ORD(${s})`;
  const low = (shift: number) =>
    shift === 0 ? tidb`(${o} & 63)` : tidb`((${o} >> ${raw(String(shift))} & 63) << ${raw(String((shift / 8) * 6))})`;
  const lead = (shift: number, mask: number) =>
    tidb`((${o} >> ${raw(String(shift))} & ${raw(String(mask))}) << ${raw(String((shift / 8) * 6))})`;
  const two = tidb`${lead(8, 31)} | ${low(0)}`;
  const three = tidb`${lead(16, 15)} | ${low(8)} | ${low(0)}`;
  const four = tidb`${lead(24, 7)} | ${low(16)} | ${low(8)} | ${low(0)}`;
  return tidb`CAST(CASE WHEN ${o} < 128 THEN ${o} WHEN ${o} < 65536 THEN ${two} WHEN ${o} < 16777216 THEN ${three} ELSE ${four} END AS SIGNED)`;
}

/** The character of a code point, from the bytes of its UTF-8. */
function character(n: Value): Tidb {
  const tail = (shift: number) => tidb`128 | (${n} >> ${raw(String(shift))} & 63)`;
  const two = tidb`CHAR(192 | (${n} >> 6), ${tail(0)} USING utf8mb4)`;
  const three = tidb`CHAR(224 | (${n} >> 12), ${tail(6)}, ${tail(0)} USING utf8mb4)`;
  const four = tidb`CHAR(240 | (${n} >> 18), ${tail(12)}, ${tail(6)}, ${tail(0)} USING utf8mb4)`;
  return tidb`CASE WHEN ${n} < 1 THEN NULL WHEN ${n} < 128 THEN CHAR(${n} USING utf8mb4) WHEN ${n} < 2048 THEN ${two} WHEN ${n} < 65536 THEN ${three} WHEN ${n} < 1114112 THEN ${four} END`;
}

/** Text that something else than a person wrote. */
function hasNoSharpS(arg: Value, call: Call): boolean {
  const cast = as("TypeCast", arg);
  if (cast?.arg !== undefined) return !TEXTUAL.has(call.own(cast.arg).name);
  return HEXADECIMAL.has(String(as("FuncCall", arg)?.funcname?.at(-1)));
}

const TEXTUAL = new Set(["text", "varchar", "bpchar", "unknown", "json", "jsonb"]);
const HEXADECIMAL = new Set(["md5", "encode", "to_hex"]);

export const stringRules = table(
  "functions/strings",
  { pg: "functions-string", tidb: "string-functions" },
  {
    lower: { calls: ["lower(text)"], tidb: same("LOWER"), proofs: proofs("lower(t)", "lower(v)", "lower(c)", "lower('ÀÉ')") },
    casefold: {
      calls: ["casefold(text)"],
      tidb: (args, call) => {
        if (!/^[ -~]*$/.test(call.text(args[0]) ?? "é")) call.say("folded");
        return same("LOWER")(args, call);
      },
      messages: {
        folded: warning("casefold() is LOWER() here, as PostgreSQL folds by its own simple rules: ß and ς stay as they are", {
          help: "nothing to do but for collations of ICU and pg_unicode_fast, which make ss of ß",
        }),
      },
      proofs: [...proofs("casefold('HeLLo')"), { pg: "casefold(t)", findings: ["folded"] }, { pg: "casefold(v)", findings: ["folded"] }],
    },
    normalize: {
      calls: ["normalize(text, text)", "normalize(text)"],
      tidb: ([s, form], call) => {
        const [text, name] = [call.text(s), form === undefined ? "NFC" : call.text(form)?.toUpperCase()];
        if (text === undefined || !FORMS.has(name!)) return call.refuse("normalize() of a text that is no literal");
        return tidb`${raw(string(text.normalize(name)))}`;
      },
      proofs: proofs("normalize('abc')", "normalize(U&'e\\0301', NFC)", "normalize('é', NFD) = 'é'", "length(normalize('ﬁ', NFKC))"),
    },
    "is-normalized": {
      calls: ["is_normalized(text, text)", "is_normalized(text)"],
      tidb: ([s, form], call) => {
        const [text, name] = [call.text(s), form === undefined ? "NFC" : call.text(form)?.toUpperCase()];
        if (text === undefined || !FORMS.has(name!)) return call.refuse("IS NORMALIZED of a text that is no literal");
        return tidb`${raw(text.normalize(name) === text ? "TRUE" : "FALSE")}`;
      },
      proofs: proofs("'abc' IS NORMALIZED", "'é' IS NFD NORMALIZED", "U&'e\\0301' IS NOT NFC NORMALIZED"),
    },
    upper: {
      calls: ["upper(text)"],
      tidb: (args, call) => {
        const text = call.text(args[0]);
        if (text === undefined ? !hasNoSharpS(args[0], call) : text.includes("ß")) call.say("sharp-s");
        return same("UPPER")(args, call);
      },
      messages: {
        "sharp-s": warning("upper() leaves ß as it is in TiDB, as PostgreSQL with glibc does; with ICU it gives SS, with musl (Alpine) ẞ", {
          help: "nothing to do where there is no German text; lower() is the same everywhere",
        }),
      },
      proofs: [
        ...proofs("upper('àé')", "upper(u::text)", "upper(md5(t))", "upper(i4::text)"),
        { pg: "upper(t)", findings: ["sharp-s"], differs: true },
        { pg: "upper(tb)", findings: ["sharp-s"] },
        { pg: "upper(v)", findings: ["sharp-s"] },
        { pg: "upper(c)", findings: ["sharp-s"] },
        { pg: "upper('straße')", findings: ["sharp-s"], differs: true },
      ],
    },
    length: {
      calls: ["length(text|bpchar)", "char_length(text|bpchar)", "character_length(text|bpchar)"],
      tidb: same("CHAR_LENGTH"),
      proofs: proofs("length(t)", "char_length(t)", "character_length(v)", "length(c)", "length(t || v)", "length('é😀')"),
    },
    "octet-length": {
      calls: ["octet_length(text|bytea|bpchar)", "length(bytea)"],
      tidb: ([s], call) => {
        const filled = blankFilled(s, call);
        return filled && tidb`LENGTH(${filled})`;
      },
      proofs: proofs("octet_length(c)", "octet_length(t)", "octet_length(y)", "length(y)"),
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
        "t LIKE '%\\%' ESCAPE ''",
        "t LIKE '%\\%' ESCAPE '!'",
        "t LIKE 'a\\_b' ESCAPE ''",
        "t LIKE '_%%_' ESCAPE '%'",
        "t LIKE '_\\b' ESCAPE '%'",
        "t LIKE 'a__b' ESCAPE '_'",
        "t LIKE 'aa%' ESCAPE 'a'",
        "t LIKE 'éaé%%' ESCAPE 'é'",
        "t LIKE '%\\%%' ESCAPE '\\'",
        "t LIKE 'a\\b'",
        "t LIKE '%\\a%'",
        "t LIKE tb ESCAPE ''",
        "t LIKE tb ESCAPE '!'",
        "tb LIKE t ESCAPE ''",
        "t LIKE t ESCAPE ''",
        "t LIKE 'A\\b' ESCAPE ''",
        "v LIKE '%b%'",
        "t LIKE '😀'",
        "t LIKE ''",
        "c LIKE 'a%'",
        "t LIKE '%é'",
        "c LIKE 'a'",
        "c LIKE 'a    '",
        "c LIKE 'a_%'",
        "c LIKE '%b%'",
        "c LIKE '% '",
      ),
      examples: [
        {
          given: "CREATE TABLE t (a text)",
          pg: "SELECT a FROM t WHERE a LIKE 'C:\\'",
          tidb: null,
        },
        {
          given: "CREATE TABLE t (a text, p text)",
          pg: "SELECT a FROM t WHERE a LIKE p ESCAPE '%'",
          tidb: null,
        },
      ],
    },
    "not-like": {
      calls: ["!~~(text|bpchar, text)"],
      tidb: like("NOT "),
      proofs: proofs(
        "t NOT LIKE 'a%'",
        "t NOT LIKE '%!_%' ESCAPE '!'",
        "t NOT LIKE '%\\%' ESCAPE ''",
        "t NOT LIKE '%é_%' ESCAPE 'é'",
        "NOT t LIKE '%a'",
      ),
    },
    ilike: {
      calls: ["~~*(text|bpchar, text)"],
      tidb: like("", true),
      proofs: proofs(
        "t ILIKE 'a#_%' ESCAPE '#'",
        "t ILIKE 'A\\B' ESCAPE ''",
        "t ILIKE 'aa%' ESCAPE 'a'",
        "t ILIKE 'aAa%' ESCAPE 'A'",
        "t ILIKE '%\\A'",
        "t ILIKE tb ESCAPE ''",
        "c ILIKE 'A'",
        "c ILIKE 'A%'",
        "t ILIKE 'a%'",
        "t ILIKE '%É%'",
        "t ILIKE tb",
        "t ILIKE '%\\_%'",
        "v ILIKE '%BC'",
      ),
    },
    "not-ilike": { calls: ["!~~*(text|bpchar, text)"], tidb: like("NOT ", true), proofs: proofs("t NOT ILIKE 'A%'", "t NOT ILIKE '%é'") },
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
        if (known === undefined) {
          const escaped = tidb`REGEXP_REPLACE(${set!}, ${raw(string("([\\]\\[\\\\^-])"))}, ${raw(string("\\\\\\1"))})`;
          const [head, tail] = [tidb`'^[', ${escaped}, ']+'`, tidb`'[', ${escaped}, ']+$'`];
          const pattern = side === "LEADING" ? head : side === "TRAILING" ? tail : tidb`${head}, '|', ${tail}`;
          return tidb`CASE WHEN ${set!} = '' THEN ${s} WHEN ${set!} IS NOT NULL THEN REGEXP_REPLACE(${s}, CONCAT(${pattern}), '') END`;
        }
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
        "btrim(t, tb)",
        "ltrim(t, v)",
        "rtrim(t, ']^-\\\\a' || v)",
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
        if ((at !== undefined && at < 1) || (length !== undefined && length < 0))
          return call.refuse("overlay() at a place that is not positive");
        if (at === undefined || (count !== undefined && length === undefined)) {
          call.say("place");
          const rest = count === undefined ? tidb`${from} + CHAR_LENGTH(${part})` : tidb`${from} + ${count}`;
          return tidb`CASE WHEN ${from} > 0 THEN CONCAT(LEFT(${s}, ${from} - 1), ${part}, SUBSTRING(${s}, ${rest})) END`;
        }
        const rest = length === undefined ? tidb`${raw(String(at))} + CHAR_LENGTH(${part})` : tidb`${raw(String(at + length))}`;
        return tidb`CONCAT(LEFT(${s}, ${raw(String(at - 1))}), ${part}, SUBSTRING(${s}, ${rest}))`;
      },
      why: "INSERT() leaves the text as it is where the place is behind its end.",
      messages: {
        place: warning("a place before the first, where PostgreSQL raises an error, gives NULL", { help: "check the place before" }),
      },
      proofs: [
        ...proofs(
          "overlay(t placing 'XY' from 2)",
          "overlay(t placing 'XY' from 2 for 1)",
          "overlay(t placing v from 1 for 0)",
          "overlay(t placing 'Z' from 9)",
        ),
        { pg: "overlay(t placing tb from i2)", findings: ["place"] },
        { pg: "overlay(t placing tb from abs(i2::int) + 1 for 2)", findings: ["place"] },
      ],
    },
    "split-part": {
      calls: ["split_part(text, text, int4)"],
      tidb: ([s, separator, place], call) => {
        const [between, n] = [call.text(separator), call.integer(place)];
        if (n === 0) return call.refuse("split_part() of the part 0, which is an error in PostgreSQL");
        if (n === undefined) call.say("zero");
        if (!between || n === undefined) return partAt(s, separator, place);
        if (n === 1) return tidb`SUBSTRING_INDEX(${s}, ${separator}, 1)`;
        if (n === -1) return tidb`SUBSTRING_INDEX(${s}, ${separator}, -1)`;
        const parts = tidb`(CHAR_LENGTH(${s}) - CHAR_LENGTH(REPLACE(${s}, ${separator}, ''))) DIV ${raw(String([...between].length))} + 1`;
        const part = tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${s}, ${separator}, ${raw(String(n))}), ${separator}, ${raw(n > 0 ? "-1" : "1")})`;
        return tidb`CASE WHEN ${s} IS NULL THEN NULL WHEN ${parts} >= ${raw(String(Math.abs(n)))} THEN ${part} ELSE '' END`;
      },
      messages: { zero: warning("the part 0, which is an error in PostgreSQL, is NULL", { help: "check the number before" }) },
      proofs: [
        { pg: "split_part(t, ',', i2)", findings: ["zero"] },
        { pg: "split_part(t, tb, i2)", findings: ["zero"] },
        ...proofs(
          "split_part(t, tb, 1)",
          "split_part(t, tb, -2)",
          "split_part(t, '', 1)",
          "split_part(t, '', 2)",
          "split_part(t, ' ', 1)",
          "split_part(t, ' ', 2)",
          "split_part(t, ',', 3)",
          "split_part(t, ',', -1)",
          "split_part(t, ',', -2)",
          "split_part(t, 'B', 2)",
          "split_part(t, '😀', 2)",
          "split_part('aXYbXYc', 'XY', 3)",
        ),
      ],
    },
    "starts-with": {
      calls: ["starts_with(text, text)", "^@(text, text)"],
      tidb: ([s, part]) => infix("comparison")`LEFT(${s}, CHAR_LENGTH(${part})) = ${part}`,
      proofs: proofs("starts_with(t, 'a')", "t ^@ tb", "starts_with(t, '')", "NOT starts_with(t, 'A')"),
    },
    initcap: {
      calls: ["initcap(text)"],
      tidb: ([text], call) => {
        call.say("latin");
        // The first letter of a word behind a sign that no text has; each letter behind it is then made large.
        const marked = tidb`REGEXP_REPLACE(LOWER(${text}), ${raw(string("(^|[^\\pL\\pN])([a-zà-öø-ÿ])"))}, ${raw(string("\\1\u0001\\2"))}, 1, 0, 'c')`;
        return [..."abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"].reduce(
          (all, letter) => tidb`REPLACE(${all}, ${raw(string(`\u0001${letter}`))}, ${raw(string(letter.toUpperCase()))})`,
          marked,
        );
      },
      why: "TiDB has nothing that capitalises words.",
      messages: {
        latin: warning("a word that begins with a letter beyond a to z and the accented ones of Latin-1 stays as LOWER() has it", {
          help: "capitalise such words in the application",
        }),
      },
      proofs: [
        { pg: "initcap('hello o''neil MC-donald 3rd x_y')", findings: ["latin"] },
        { pg: "initcap('élan ÇELIK éTÉ ärger-ÖL ñu øre þor ÿx ×a ÷b')", findings: ["latin"] },
        { pg: "initcap(t || ' żaba')", findings: ["latin"], differs: true },
      ],
    },
    concat: {
      calls: ["concat(any...)"],
      tidb: (args, call) => {
        const parts = (args as readonly Value[]).map((arg) => output(arg, call));
        return parts.includes(undefined) ? undefined : listed("CONCAT_WS('', ", parts as Tidb[]);
      },
      why: "NULL is passed over, as CONCAT_WS does; TiDB's CONCAT gives NULL.",
      proofs: proofs("concat(t, v)", "concat(t, '-', i4, b)", "concat(d, ' ', n)", "concat(t)", "concat(e, u, NULL)", "concat(c, '|', t)"),
    },
    "concat-with-separator": {
      calls: ["concat_ws(text, any...)"],
      tidb: ([separator, ...args], call) => {
        const parts = (args as readonly Value[]).map((arg) => output(arg, call));
        return parts.includes(undefined) ? undefined : listed("CONCAT_WS(", [tidb`${separator}`, ...(parts as Tidb[])]);
      },
      proofs: proofs("concat_ws(',', t, v, i4)", "concat_ws(',', c, t)", "concat_ws(tb, b, d)", "concat_ws(', ', NULL, t)"),
    },
    format: {
      calls: ["format(text)", "format(text, any...)"],
      tidb: ([pattern, ...args], call) => {
        const text = call.text(pattern);
        return text === undefined
          ? call.refuse("format() of a pattern that is no literal")
          : formatted(text, args as readonly Value[], call);
      },
      why: "FORMAT() formats numbers in TiDB.",
      messages: {
        "no-name": warning("a name that is NULL is left out here, where PostgreSQL raises an error", {
          help: "nothing to do where names are never NULL",
        }),
      },
      proofs: [
        ...proofs(
          "format('%s-%s', t, i4)",
          "format('100%% of %s', v)",
          "format('plain')",
          "format('%s', b)",
          "format('%L', t)",
          "format('x = %L', i4)",
          "format('%2$s %1$s %s', t, v)",
          "format('%1$s %1$s', t)",
          "format('%10s|%-10s|', t, v)",
          "format('%s%s', NULL, t)",
          "format('%s', ai)",
          "format('%s|', c)",
        ),
        { pg: "format('%I', coalesce(t, 'order'))" },
        { pg: "format('%I.%I', 'select', 'Tbl')" },
        { pg: "format('INSERT INTO %I VALUES (%L)', v || '1', t)", findings: ["no-name"], differs: true },
      ],
    },
    "quote-ident": {
      calls: ["quote_ident(text)"],
      tidb: ([s]) => quotedName(tidb`${s}`),
      proofs: proofs(
        "quote_ident(t)",
        "quote_ident(v || '_1')",
        "quote_ident('select')",
        "quote_ident('Foo \"x\"')",
        "quote_ident('abort')",
      ),
    },
    "bit-length": { calls: ["bit_length(text|bytea)"], tidb: same("BIT_LENGTH"), proofs: proofs("bit_length(t)", "bit_length(y)") },
    ascii: {
      calls: ["ascii(text)"],
      tidb: ([s], call) => (/^[ -~]*$/.test(call.text(s) ?? "é") ? tidb`ASCII(${s})` : codePoint(s)),
      why: "TiDB has the first byte, PostgreSQL the code point.",
      proofs: proofs("ascii(t)", "ascii('€')", "ascii('x')", "ascii(v)"),
    },
    chr: {
      calls: ["chr(int4)"],
      tidb: ([code], call) => {
        const known = call.integer(code);
        if (known !== undefined && known > 0) return tidb`${raw(string(String.fromCodePoint(known)))}`;
        call.say("range");
        return character(code);
      },
      messages: {
        range: warning("numbers that are no code point give NULL, where PostgreSQL raises an error", { help: "check the numbers before" }),
      },
      proofs: [
        ...proofs("chr(65)", "chr(233)", "'a' || chr(10) || 'b'"),
        { pg: "chr(i4b + 70)", findings: ["range"] },
        { pg: "chr(i2::int + 8364)", findings: ["range"] },
        { pg: "chr(i2::int + 128512)", findings: ["range"] },
        { pg: "chr(i4)", findings: ["range"] },
      ],
    },
    "to-hex": {
      calls: ["to_hex(int4)", "to_hex(int8)"],
      tidb: ([n], call) => (call.signature.args[0] === "int4" ? tidb`LOWER(HEX(${n} & 4294967295))` : tidb`LOWER(HEX(${n}))`),
      proofs: proofs("to_hex(i4)", "to_hex(i8)", "to_hex(255)"),
    },
    "to-base": {
      calls: ["to_bin(int4)", "to_bin(int8)", "to_oct(int4)", "to_oct(int8)"],
      tidb: ([n], call) => {
        const name = raw(call.signature.name === "to_bin" ? "BIN" : "OCT");
        return call.signature.args[0] === "int4" ? tidb`${name}(${n} & 4294967295)` : tidb`${name}(${n})`;
      },
      proofs: proofs("to_bin(i4)", "to_oct(i4)", "to_bin(5)", "to_oct(i8)", "to_bin(i8)"),
    },
    encode: {
      calls: ["encode(bytea, text)"],
      tidb: ([bytes, format], call) => {
        const name = call.text(format)?.toLowerCase();
        if (name === "hex") return tidb`LOWER(HEX(${bytes}))`;
        if (name === "base64") return tidb`TO_BASE64(${bytes})`;
        if (name !== "escape") return call.refuse(`encode() as ${name ?? "a format that is no literal"}`);
        call.say("long");
        const byte = tidb`ASCII(SUBSTRING(${bytes}, nth_item.item_i + 1, 1))`;
        const octal = tidb`CONCAT(${raw(string("\\"))}, LPAD(OCT(${byte}), 3, '0'))`;
        const shown = tidb`CASE WHEN ${byte} = 92 THEN ${raw(string("\\\\"))} WHEN ${byte} BETWEEN 1 AND 127 THEN CHAR(${byte} USING utf8mb4) ELSE ${octal} END`;
        const all = tidb`GROUP_CONCAT(${shown} ORDER BY nth_item.item_i SEPARATOR '')`;
        return tidb`CASE WHEN ${bytes} IS NOT NULL THEN COALESCE((SELECT /*+ NO_DECORRELATE() */ ${all} FROM ${counter(tidb`LENGTH(${bytes})`)}), '') END`;
      },
      why: "ENCODE encrypts in TiDB. Bytes that are no ASCII, the zero and the backslash are escaped, byte by byte.",
      messages: {
        long: warning(
          "bytes are taken one by one: the text is cut at group_concat_max_len, 1024 unless it is set, and more than 1000 bytes are an error",
          {
            help: "where values are longer: SET SESSION group_concat_max_len = 1073741824, cte_max_recursion_depth = 1000000",
          },
        ),
      },
      proofs: [
        ...proofs("encode(y, 'hex')", "encode(y, 'base64')", "encode(y || y, 'HEX')"),
        ...["encode(y, 'escape')", "encode(y || '\\x005c7f80ff270a', 'Escape')", "encode('\\x', 'escape')"].map((pg) => ({
          pg,
          findings: ["long"],
        })),
      ],
    },
    decode: {
      calls: ["decode(text, text)"],
      tidb: ([text, format], call) => {
        const name = call.text(format)?.toLowerCase();
        if (name === "escape") {
          if (call.text(text)?.includes("\\") !== false) call.say("escapes");
          return tidb`CAST(${text} AS BINARY)`;
        }
        if (name !== "hex" && name !== "base64") return call.refuse(`decode() of ${name ?? "a format that is no literal"}`);
        call.say("malformed");
        return name === "hex" ? tidb`UNHEX(${text})` : tidb`FROM_BASE64(${text})`;
      },
      messages: {
        malformed: warning("text that is not of that format gives NULL or other bytes, where PostgreSQL raises an error", {
          help: "nothing to do where the text comes from encode()",
        }),
        escapes: warning("a backslash in the text is taken as it is, where PostgreSQL reads escapes and raises an error for others", {
          help: "nothing to do where the text has none",
        }),
      },
      proofs: [
        { pg: "decode(encode(y, 'hex'), 'hex')", findings: ["malformed"] },
        { pg: "decode(encode(y, 'base64'), 'base64')", findings: ["malformed"] },
        { pg: "decode(v, 'escape')", findings: ["escapes"] },
        { pg: "encode(decode('aé', 'escape'), 'hex')" },
      ],
    },
    "concatenate-bytes": { calls: ["||(bytea, bytea)"], tidb: same("CONCAT"), proofs: proofs("y || y", "y || '\\x00'") },
    sha2: {
      calls: ["sha224(bytea)", "sha256(bytea)", "sha384(bytea)", "sha512(bytea)"],
      tidb: ([bytes], call) => tidb`UNHEX(SHA2(${bytes}, ${raw(call.signature.name.slice(3))}))`,
      proofs: proofs("sha256(y)", "encode(sha512(y), 'hex')", "sha224(y)", "sha384(y)"),
    },
    digest: {
      calls: ["digest(string|bytea, string)"],
      tidb: ([value, algorithm], call) => {
        const name = call.text(algorithm)?.toLowerCase();
        const bits = name === undefined ? undefined : /^sha(224|256|384|512)$/.exec(name)?.[1];
        if (bits !== undefined) return tidb`UNHEX(SHA2(${value}, ${raw(bits)}))`;
        if (name === "md5" || name === "sha1") return tidb`UNHEX(${raw(name.toUpperCase())}(${value}))`;
        return call.refuse("digest() by an algorithm other than md5, sha1 and sha2");
      },
      why: "A function of pgcrypto.",
      proofs: [],
      examples: [
        {
          given:
            "CREATE EXTENSION pgcrypto; CREATE TABLE t (id int PRIMARY KEY, a text, b bytea); INSERT INTO t VALUES (1, 'é', '\\x00ff'), (2, '', ''), (3, NULL, NULL)",
          pg: "SELECT digest(a, 'sha256'), encode(digest(b, 'sha1'), 'hex'), digest(b, 'md5') FROM t ORDER BY id",
          tidb: "SELECT UNHEX(SHA2(a, 256)) AS digest, LOWER(HEX(UNHEX(SHA1(b)))) AS encode, UNHEX(MD5(b)) AS digest\nFROM t\nORDER BY id",
        },
        {
          given: "CREATE EXTENSION pgcrypto; CREATE TABLE t (a text)",
          pg: "SELECT digest(a, 'sha3-256') FROM t",
          tidb: null,
        },
      ],
    },
    "quote-literal": {
      calls: ["quote_literal(text)", "quote_nullable(text)", "quote_literal(anynonarray)", "quote_nullable(anynonarray)"],
      tidb: ([s], call) => {
        const text = asText(s, call);
        return text === undefined ? undefined : quotedLiteral(tidb`${text}`, call.signature.name === "quote_nullable");
      },
      proofs: proofs("quote_literal(t)", "quote_nullable(t)", "quote_literal(i4)", "quote_nullable(d)", "quote_literal(b)"),
    },
    unistr: {
      calls: ["unistr(text)"],
      tidb: ([s], call) => {
        const text = call.text(s);
        if (text === undefined) return call.refuse("unistr() of a text that is no literal");
        const read = text.replaceAll(/\\(?:(\\)|\+([0-9a-fA-F]{6})|u?([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (_, sign, ...codes) =>
          sign ? "\\" : String.fromCodePoint(Number.parseInt(codes.find((code: unknown) => typeof code === "string") as string, 16)),
        );
        return tidb`${raw(string(read))}`;
      },
      proofs: proofs("unistr('d\\0061t\\+000061')", "unistr('\\u00e9 \\\\ \\U0001F600')"),
    },
  },
);
