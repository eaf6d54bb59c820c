import {
  as,
  type Call,
  infix,
  proofs,
  raw,
  real,
  same,
  string,
  table,
  tidb,
  unchanged,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

const lenient = (what: string, gives: string) =>
  warning(`text that is no ${what} ${gives} in TiDB, where PostgreSQL raises an error`, {
    help: "look for such text (WHERE … !~ '…') and mend it, or cast in the application",
  });

const RANGE = warning("{to} has no limits of its own in an expression: a value beyond them is no error", {
  help: "nothing to do where values are far from the limits; where the result is stored in a column of that type, it still is an error",
  once: true,
});

/** Fields of EXTRACT() that no time has too many of. */
const SMALL_FIELDS = /^(?:year|month|day|hour|minute|second|week|dow|isodow|doy|quarter|isoyear|century|decade|millennium)/i;

/** Whether a value cannot be beyond an integer: a number of rows, a field of a time, a number that is written out. */
function isSmall(value: Value, call: Call): boolean {
  if (Math.abs(call.integer(value) ?? Number(call.text(value) ?? Number.NaN)) < 32768) return true;
  const { funcname, args = [] } = as("FuncCall", value) ?? {};
  const name = String(funcname?.at(-1));
  if (name === "extract" || name === "date_part") return SMALL_FIELDS.test(call.text(args[0]!) ?? "");
  return /^(?:count|length|row_number|rank|dense_rank|ntile|jsonb?_array_length)$/.test(name) && call.result.name === "int4";
}

const CLAMPED = warning(
  "a value with more digits than {to} becomes the largest of that type in a SELECT, where PostgreSQL raises an error",
  {
    help: "cast to a type that is wide enough; in INSERT, UPDATE and DELETE TiDB raises an error too",
  },
);

/** `numeric(10,2)` */
const typeText = ({ result }: Call) => `${result.name}${result.mods?.length ? `(${result.mods.join(",")})` : ""}`;

const WHOLE_DIGITS: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19, bool: 1 };

/** DECIMAL(p,s) of the cast; without modifiers PostgreSQL keeps all digits there are. */
const toDecimal: Write = ([x], call) => {
  const [precision, scale = 0] = call.result.mods ?? [];
  const from = call.type(x);
  if (precision === undefined) return unchanged([x] as never, call);
  if (precision > 65 || scale > 30 || scale < 0 || scale > precision) return call.refuse(`a cast to ${typeText(call)}`);
  const [fromPrecision = 99, fromScale = 0] = from.name === "numeric" ? (from.mods ?? []) : [WHOLE_DIGITS[from.name] ?? 99];
  if (fromPrecision - fromScale > precision - scale) call.say("clamped", { to: typeText(call) });
  return tidb`CAST(${x} AS DECIMAL(${raw(scale === 0 ? String(precision) : `${precision},${scale}`)}))`;
};

const SAME_SCALE = new Set(["abs", "sum", "min", "max", "round", "trunc", "ceil", "floor", "ceiling", "mod", "sign"]);

/** Whether both engines give a numeric the same digits behind the point. */
function hasKnownScale(value: Value, call: Call): boolean {
  if (call.text(value) !== undefined || call.type(value).mods?.length || /^int/.test(call.own(value).name)) return true;
  if (as("TypeCast", value)) return false;
  const { name, lexpr, rexpr } = as("A_Expr", value) ?? {};
  if (rexpr !== undefined)
    return /^[-+*%]$/.test(name?.at(-1) ?? "") && [lexpr, rexpr].every((side) => side === undefined || hasKnownScale(side, call));
  const made = as("FuncCall", value);
  const [first, places] = made?.args ?? [];
  if (made) {
    const function_ = made.funcname?.at(-1) ?? "";
    if (function_ === "extract" || (places !== undefined && /^(?:round|trunc)$/.test(function_))) return true;
    return (
      SAME_SCALE.has(function_) &&
      first !== undefined &&
      (/^(?:round|ceil|floor|ceiling|trunc|sign)$/.test(function_) || hasKnownScale(first, call))
    );
  }
  return as("CoalesceExpr", value)?.args?.every((arg) => hasKnownScale(arg, call)) ?? false;
}

/** CAST AS CHAR, cut to the length of varchar(n) and char(n). */
function toText(text: Write): Write {
  return (args, call) => {
    const made = text(args, call);
    const [length] = call.result.mods ?? [];
    return made && length !== undefined ? tidb`LEFT(${made}, ${raw(String(length))})` : made;
  };
}

/** The text of a double that is written out (float.c, float8out): as short as tells it from others, with an exponent from 1e15 and below 1e-4. */
function floatText(value: Value): string | undefined {
  const { fval, ival, sval } = as("A_Const", as("TypeCast", value)?.arg) ?? {};
  const number = Number(fval ?? ival ?? sval ?? Number.NaN);
  if (!Number.isFinite(number) || number === 0) return undefined;
  const [digits, power] = number.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 15) return String(number);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

const asChar: Write = ([x]) => tidb`CAST(${x} AS CHAR)`;
const signed: Write = ([x]) => tidb`CAST(${x} AS SIGNED)`;
const fsp = ({ result }: Call) => raw(String(result.mods?.[0] ?? 6));
const asDatetime: Write = ([x], call) => tidb`CAST(${x} AS DATETIME(${fsp(call)}))`;

/** Halves round up in TiDB; in PostgreSQL away from the year 2000, from which it counts. */
const rounded: Write = ([x], call) =>
  tidb`CAST(DATE_SUB(${x}, INTERVAL ${x} < TIMESTAMP '2000-01-01 00:00:00' MICROSECOND) AS DATETIME(${fsp(call)}))`;

export const castRules = table(
  "functions/casts",
  { pg: "typeconv", tidb: "cast-functions-and-operators" },
  {
    "integer-to-wider": {
      calls: ["int2::int2|int4|int8", "int4::int4|int8", "int8::int8|oid", "oid::int8|oid", "bool::bool"],
      tidb: unchanged,
      proofs: proofs("i2::int", "i4::bigint", "i2::int8 + 1", "i4::int", "b::bool"),
    },
    "integer-to-oid": {
      calls: ["int2|int4::oid"],
      tidb: ([x]) => infix("bitAnd")`${x} & 4294967295`,
      why: "An oid has no sign.",
      proofs: proofs("i4::oid", "i2::oid"),
    },
    "integer-to-narrower": {
      calls: ["int4|int8::int2", "int8::int4"],
      tidb: ([x], call) => {
        if (!isSmall(x, call)) call.say("range", { to: call.result.name === "int2" ? "smallint" : "integer" });
        return unchanged([x] as never, call);
      },
      messages: { range: RANGE },
      proofs: [
        { pg: "i4::smallint", findings: ["range"] },
        { pg: "i8::int", findings: ["range"] },
        ...proofs("count(i4)::int", "extract(year from ts)::int", "12.5::int"),
      ],
    },
    "numeric-to-integer": {
      calls: ["numeric|float::int"],
      tidb: (args, call) => {
        if (call.result.name !== "int8" && !isSmall(args[0], call))
          call.say("range", { to: call.result.name === "int2" ? "smallint" : "integer" });
        // CAST would make the largest bigint of what is beyond it; DIV raises an error, as PostgreSQL does.
        const { name, mods } = call.type(args[0]);
        const wide = as("ColumnRef", args[0]) !== undefined && (name !== "numeric" || mods === undefined || mods[0]! - (mods[1] ?? 0) > 18);
        if (wide) return infix("multiplicative")`ROUND(${args[0]}) DIV 1`;
        return signed(args, call);
      },
      why: "Both round: a half of numeric away from zero, a half of a float to the even number.",
      messages: { range: RANGE },
      proofs: [
        ...["n::int", "f8::int", "nn::integer", "n::smallint", "(n * 0.5)::int", "(f8 + 0.5)::int"].map((pg) => ({
          pg,
          findings: ["range"],
        })),
        ...proofs("n::bigint", "nn::bigint", "f8::bigint", "sum(n)::bigint"),
      ],
    },
    "number-to-numeric": {
      calls: ["exact::numeric"],
      tidb: toDecimal,
      messages: { clamped: CLAMPED },
      proofs: [
        ...proofs("i4::numeric", "n::numeric", "i4::numeric(12,2)", "n::numeric(20,1)", "i2::numeric(5,0)", "i4::numeric / 7"),
        { pg: "nn::numeric(10,2)", findings: ["clamped"] },
        { pg: "i4::numeric(5,2)", findings: ["clamped"] },
        { pg: "(n * 3)::numeric(30,1)", findings: ["clamped"] },
      ],
    },
    "float-to-numeric": {
      calls: ["float::numeric"],
      tidb: ([x], call) => {
        if (call.type(x).name === "float4" && as("ColumnRef", x)) {
          // Six digits, as PostgreSQL has them (numeric.c, float4_numeric).
          const six = tidb`ROUND(CAST(${x} AS DECIMAL(65,30)), 5 - COALESCE(FLOOR(LOG10(ABS(NULLIF(${x}, 0)))), 0))`;
          if (call.result.mods?.length) return toDecimal([six] as never, call);
          call.say("range");
          return six;
        }
        if (call.result.mods?.length) return toDecimal([x] as never, call);
        call.say("digits");
        return tidb`CAST(${x} AS DECIMAL(65,30))`;
      },
      messages: {
        digits: warning("a float becomes a DECIMAL with 30 digits behind the point; PostgreSQL keeps 15 significant ones", {
          help: "give the type the digits that are wanted: numeric(20,6)",
        }),
        range: warning("a real beyond 1e35 becomes the largest DECIMAL, and the digits of one below 1e-25 are cut", {
          help: "nothing to do where there are no such numbers",
        }),
        clamped: CLAMPED,
      },
      proofs: [
        { pg: "f8::numeric", findings: ["digits"] },
        ...["f4::numeric", "f4::numeric + n"].map((pg) => ({ pg, findings: ["range"] })),
        { pg: "f4::numeric(20,3)", findings: ["clamped"] },
        { pg: "f8::numeric(20,3)", findings: ["clamped"] },
      ],
    },
    "number-to-float": {
      calls: ["number::float8"],
      tidb: ([x]) => tidb`CAST(${x} AS DOUBLE)`,
      proofs: proofs("i4::float8", "n::double precision", "f8::float8", "i4::float8 / 3", "i8::float8"),
    },
    "number-to-real": {
      calls: ["number::float4"],
      tidb([x], call) {
        // A number as it is written: what a cast in between makes of it is computed.
        const { fval, ival } = as("A_Const", x) ?? {};
        const constant = fval ?? ival?.toString();
        const rounded = constant === undefined ? undefined : real(constant);
        if (rounded !== undefined) return tidb`${raw(rounded)}`;
        if (call.type(x).name !== "int2") call.say("digits");
        return tidb`CAST(${x} AS FLOAT)`;
      },
      messages: {
        digits: warning(
          "a number that is cast to real is rounded to 24 bits only where it is shown or stored: TiDB computes with all its digits",
          {
            help: "nothing to do where it is only shown; otherwise keep it in a column of type FLOAT first, or compute with double precision",
          },
        ),
      },
      proofs: [
        ...proofs(
          "i2::real",
          "i2::real + 1",
          "1.1::real",
          "1.1::real + 1",
          "1.1::real = 1.1",
          "16777217::real",
          "real '0.1' * 3",
          "'1.1'::real::float8",
        ),
        { pg: "n::real", findings: ["digits"] },
        { pg: "'1.75'::numeric(3,1)::real", findings: ["digits"] },
        { pg: "i4::float4", findings: ["digits"] },
        { pg: "(n / 3)::real::float8", findings: ["digits"], differs: true },
      ],
    },
    "number-to-text": {
      calls: ["exact::text|varchar|bpchar", "oid::text"],
      tidb: (args, call) => {
        if (call.type(args[0]).name === "numeric" && !hasKnownScale(args[0], call)) call.say("scale");
        return toText(asChar)(args, call);
      },
      messages: {
        scale: warning(
          "the text may have more or fewer zeros behind the point: TiDB has other numbers of digits for quotients and for numeric without a scale",
          {
            help: "cast to numeric(p,s) or ROUND() it first",
          },
        ),
      },
      proofs: [
        { pg: "(n / 3)::text", findings: ["scale"], differs: true },
        { pg: "avg(n)::text", findings: ["scale"], differs: true },
        ...proofs(
          "round(n / 3, 2)::text",
          "(n * nb + i4)::text",
          "abs(n)::text",
          "sum(n)::text",
          "round(avg(n), 3)::text",
          "coalesce(n, 0.00)::text",
          "i4::text",
          "i8::text",
          "n::text",
          "i4::varchar",
          "i4::varchar(3)",
          "(i4 + 1::int8)::text",
          "'x' || i4::text",
          "nn::text",
        ),
      ],
    },
    "float-to-text": {
      calls: ["float::text|varchar|bpchar"],
      tidb: (args, call) => {
        const known = call.type(args[0]).name === "float8" ? floatText(args[0]) : undefined;
        if (known !== undefined) return toText(() => tidb`${raw(string(known))}`)(args, call);
        call.say("exponent");
        return toText(asChar)(args, call);
      },
      messages: {
        exponent: warning("the text of very large and very small floats is spelt otherwise: 1e+20 in PostgreSQL, 1e20 in TiDB", {
          help: "cast to numeric(p,s) first where the text matters",
        }),
      },
      proofs: [
        { pg: "f8::text", findings: ["exponent"], differs: true },
        ...proofs(
          "1e20::float8::text",
          "'-1.5e300'::float8::text",
          "123456789012345::float8::text",
          "'1234567890123456.5'::float8::text",
          "0.0001::float8::text",
          "0.00001::float8::text",
          "1e15::float8::text",
          "1e14::float8::text",
          "0.1::float8::varchar(2)",
        ),
      ],
    },
    "boolean-to-text": {
      calls: ["bool::text|varchar|bpchar"],
      tidb: toText(([x]) => tidb`ELT(${x} + 1, 'false', 'true')`),
      proofs: proofs("b::text", "(i4 > 0)::text", "b::varchar(2)", "(b AND bb)::text || 'x'"),
    },
    "boolean-to-integer": {
      calls: ["bool::int4"],
      tidb: signed,
      proofs: proofs("b::int", "(i4 > 0)::int + 1::int8", "(b OR bb)::int"),
    },
    "integer-to-boolean": {
      calls: ["int4::bool"],
      tidb: ([x]) => infix("comparison")`${x} <> 0`,
      proofs: proofs("i4::bool", "NOT i4::boolean", "(i2::int)::bool"),
    },
    "text-to-text": {
      calls: ["string::text|varchar|name"],
      tidb: toText(unchanged),
      proofs: proofs("t::text", "v::text", "c::text", "t::varchar(1)", "t::varchar", "c::text || 'x'", "left(t::varchar(3), 2)"),
    },
    "integer-to-byte": {
      calls: ["int4::char"],
      tidb: ([x], call) => {
        const code = call.integer(x);
        if (code === undefined || code < 1 || code > 127) return call.refuse('a cast to "char" of no literal between 1 and 127');
        return tidb`${raw(string(String.fromCharCode(code)))}`;
      },
      proofs: proofs('65::"char"', '65::"char" IS NOT NULL', '39::"char"::text'),
    },
    "text-to-char": {
      calls: ["string::bpchar"],
      tidb: ([x], call) => {
        const [length] = call.result.mods ?? [];
        return length === undefined ? unchanged([x] as never, call) : tidb`TRIM(TRAILING ' ' FROM LEFT(${x}, ${raw(String(length))}))`;
      },
      why: "Blanks that fill char(n) up mean nothing in PostgreSQL, and are not there in TiDB.",
      proofs: proofs("t::char(3)", "t::char(1) = 'a'", "v::bpchar = 'a'"),
    },
    "text-to-integer": {
      calls: ["text|varchar|bpchar|name::int"],
      tidb: (args, call) => {
        call.say("lenient");
        return signed(args, call);
      },
      messages: { lenient: lenient("integer", "gives the number at its beginning, or 0,") },
      proofs: [
        { pg: "ti4::int", findings: ["lenient"] },
        { pg: "ti4::bigint + 1", findings: ["lenient"] },
        { pg: "t::int", findings: ["lenient"] },
      ],
    },
    "text-to-numeric": {
      calls: ["text|varchar|bpchar|name::numeric"],
      tidb: ([x], call) => {
        call.say("lenient");
        if (call.result.mods?.length) return toDecimal([x] as never, call);
        return tidb`CAST(${x} AS DECIMAL(65,30))`;
      },
      messages: { lenient: lenient("number", "gives the number at its beginning, or 0,"), clamped: CLAMPED },
      proofs: [
        { pg: "ti4::numeric", findings: ["lenient"] },
        { pg: "n::text::numeric", findings: ["lenient"] },
        { pg: "ti4::numeric(20,2)", findings: ["lenient", "clamped"] },
      ],
    },
    "text-to-float": {
      calls: ["text|varchar|bpchar|name::float8"],
      tidb: ([x], call) => {
        call.say("lenient");
        return tidb`CAST(${x} AS DOUBLE)`;
      },
      messages: { lenient: lenient("number", "gives the number at its beginning, or 0,") },
      proofs: [
        { pg: "ti4::float8", findings: ["lenient"] },
        { pg: "n::text::double precision", findings: ["lenient"] },
      ],
    },
    "text-to-boolean": {
      calls: ["text|varchar|bpchar|name::bool"],
      tidb: ([x], call) => {
        call.say("lenient");
        return tidb`CASE WHEN LOWER(TRIM(${x})) IN ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') THEN TRUE WHEN LOWER(TRIM(${x})) IN ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') THEN FALSE END`;
      },
      messages: { lenient: lenient("boolean", "gives NULL") },
      proofs: [
        { pg: "b::text::bool", findings: ["lenient"] },
        { pg: "t::boolean", findings: ["lenient"] },
        { pg: "i4::text::boolean", findings: ["lenient"] },
      ],
    },
    "text-to-date": {
      calls: ["text|varchar|bpchar::date"],
      tidb: ([x], call) => {
        call.say("lenient");
        return tidb`CAST(${x} AS DATE)`;
      },
      messages: { lenient: lenient("date as YYYY-MM-DD", "gives NULL or another date") },
      proofs: [{ pg: "d::text::date", findings: ["lenient"] }],
    },
    "text-to-timestamp": {
      calls: ["text|varchar|bpchar::timestamp|timestamptz"],
      tidb: (args, call) => {
        call.say("lenient");
        return asDatetime(args, call);
      },
      messages: { lenient: lenient("timestamp as YYYY-MM-DD HH:MM:SS", "gives NULL or another time") },
      proofs: [
        { pg: "ts::text::timestamp", findings: ["lenient"] },
        { pg: "d::text::timestamp", findings: ["lenient"] },
        { pg: "ts::text::timestamptz", findings: ["lenient"] },
      ],
    },
    "date-to-text": {
      calls: ["date::text|varchar|bpchar"],
      tidb: toText(asChar),
      proofs: proofs("d::text", "d::varchar(7)"),
    },
    "timestamp-to-text": {
      calls: ["timestamp::text|varchar|bpchar"],
      tidb: toText(([x]) => tidb`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(${x} AS DATETIME(6)) AS CHAR)))`),
      why: "PostgreSQL writes no zeros behind the last digit of a second's fraction.",
      proofs: proofs("ts::text", "ts::varchar(10)", "ts::char(10)", "ts::text || 'x'"),
    },
    "timestamptz-to-text": {
      calls: ["timestamptz::text|varchar"],
      tidb: toText(([x], call) => {
        call.say("utc");
        return tidb`CONCAT(TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(${x} AS DATETIME(6)) AS CHAR))), '+00')`;
      }),
      messages: {
        utc: warning("the text of a timestamptz ends with +00, which is right while the session's time_zone is '+00:00'", {
          help: "format times in the application",
        }),
      },
      proofs: [{ pg: "tz::text", findings: ["utc"] }],
    },
    "date-to-timestamp": {
      calls: ["date::timestamp|timestamptz"],
      tidb: asDatetime,
      proofs: proofs("d::timestamp", "d::timestamptz", "COALESCE(ts, d)", "COALESCE(d, tz)"),
    },
    "timestamp-to-date": {
      calls: ["timestamp|timestamptz::date"],
      tidb: same("DATE"),
      proofs: proofs("ts::date", "tz::date", "ts::date = d"),
    },
    "timestamp-to-timestamp": {
      calls: ["timestamp|timestamptz::timestamp|timestamptz"],
      tidb: ([x], call) => ((call.result.mods?.[0] ?? 6) === 6 ? unchanged([x] as never, call) : rounded([x] as never, call)),
      why: "Both are in the session's time zone when they meet.",
      proofs: proofs("ts::timestamp", "ts::timestamptz", "tz::timestamp", "ts::timestamp(0)", "ts::timestamp(3)"),
    },
    "timestamp-to-time": {
      calls: ["timestamp|timestamptz::time", "time::time"],
      tidb: ([x], call) => tidb`CAST(${x} AS TIME(${fsp(call)}))`,
      proofs: proofs("ts::time", "tz::time", "ti::time", "ti::time(0)"),
    },
    "time-to-text": {
      calls: ["time::text|varchar"],
      tidb: toText(([x]) => tidb`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(${x} AS TIME(6)) AS CHAR)))`),
      proofs: proofs("ti::text"),
    },
    "uuid-to-text": { calls: ["uuid::text|varchar|bpchar"], tidb: toText(unchanged), proofs: proofs("u::text", "u::varchar(8)") },
    "text-to-uuid": {
      calls: ["text|varchar|bpchar::uuid"],
      tidb: ([x], call) => {
        call.say("unchecked");
        return tidb`LOWER(${x})`;
      },
      messages: {
        unchecked: warning("text that is no uuid, or has no hyphens, stays as it is, where PostgreSQL raises an error or writes them", {
          help: "write uuids in their usual form, in lower case with hyphens",
        }),
      },
      proofs: [
        { pg: "u::text::uuid", findings: ["unchecked"] },
        { pg: "upper(u::text)::uuid", findings: ["unchecked"] },
      ],
    },
    "enum-to-text": {
      calls: ["anyenum::text|varchar|bpchar"],
      tidb: toText(asChar),
      proofs: proofs("e::text", "e::text || 'x'", "e::text < eb::text"),
    },
    "text-to-enum": {
      calls: ["text|varchar|bpchar::anyenum"],
      tidb: ([x], call) => {
        call.say("unchecked");
        return unchanged([x] as never, call);
      },
      messages: {
        unchecked: warning("text that is no label of the enum is not refused, where PostgreSQL raises an error", {
          help: "a column of the enum's type refuses it when it is written",
        }),
      },
      proofs: [
        { pg: "e::text::mood", findings: ["unchecked"] },
        { pg: "lower(e::text)::mood = eb", findings: ["unchecked"] },
      ],
    },
    "enum-to-enum": { calls: ["anyenum::anyenum"], tidb: unchanged, proofs: proofs("e::mood = eb") },
    "json-to-json": { calls: ["json|jsonb::jsonb"], tidb: unchanged, proofs: proofs("j::jsonb", "j::jsonb = j") },
    "text-to-json": {
      calls: ["text|varchar::json|jsonb"],
      tidb: ([x]) => tidb`CAST(${x} AS JSON)`,
      proofs: proofs("tj::jsonb", "(j::text)::jsonb = j"),
    },
    "text-array-to-integers": {
      calls: ["text[]|varchar[]::int4[]|int8[]"],
      tidb: ([array], call) => {
        call.say("digits");
        return tidb`CAST(REPLACE(CAST(${array} AS CHAR), '"', '') AS JSON)`;
      },
      why: "An array is a JSON document in TiDB: without its quotes, a string of digits is a number.",
      messages: {
        digits: warning("elements must be integers as PostgreSQL writes them: blanks and zeros in front are an error here", {
          help: "trim them before, where the text comes from people",
        }),
      },
      proofs: [
        { pg: "string_to_array('1,-2,30', ',')::int[]", findings: ["digits"] },
        { pg: "string_to_array(i4::text, ',')::bigint[]", findings: ["digits"] },
        { pg: "i4 = ANY (string_to_array('5,7', ',')::int[])", findings: ["digits"] },
      ],
    },
    "text-to-integers": {
      calls: ["text|varchar::int4[]|int8[]"],
      tidb: ([text], call) => {
        call.say("digits");
        return tidb`CAST(REPLACE(REPLACE(LOWER(${text}), '{', '['), '}', ']') AS JSON)`;
      },
      messages: {
        digits: warning(
          "the text must be an array as PostgreSQL writes it, {1,2,NULL}: blanks within elements and zeros in front are an error here",
          {
            help: "pass a JSON array, and no cast",
          },
        ),
      },
      proofs: [
        { pg: "('{' || i4 || ',7}')::int[]", findings: ["digits"] },
        { pg: "(left('{}', 2))::bigint[]", findings: ["digits"] },
      ],
    },
    "json-to-text": {
      calls: ["jsonb|json::text|varchar"],
      tidb: (args, call) => {
        call.say("order");
        return toText(asChar)(args, call);
      },
      messages: {
        order: warning("the text of a JSON document may have its keys in another order, and its numbers in another spelling", {
          help: "compare documents as JSON, not as text",
        }),
      },
      why: "A json of PostgreSQL's is the text that was stored; TiDB has the document.",
      proofs: [
        { pg: "j::text", findings: ["order"], differs: true },
        { pg: '\'{"b":1, "a":2}\'::json::text', findings: ["order"], differs: true },
        { pg: "'[1, 2]'::json::text", findings: ["order"] },
      ],
    },
    "oid-to-integer": {
      calls: ["oid::int4"],
      tidb: ([x]) => tidb`CAST(${x} AS SIGNED) - CASE WHEN ${x} > 2147483647 THEN 4294967296 ELSE 0 END`,
      proofs: proofs("i4::oid::int4"),
    },
    "bytea-to-bytea": { calls: ["bytea::bytea"], tidb: unchanged, proofs: proofs("y::bytea") },
  },
);
