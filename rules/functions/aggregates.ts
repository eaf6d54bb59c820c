import {
  aggregate,
  as,
  type Call,
  enumLabels,
  infix,
  isNode,
  proofs,
  raw,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** A query of its own over the value table, grouped by the boolean column. */
const over = (...expressions: string[]) => proofs(...expressions);

const cast = (type: string, inner: Write): Write => {
  return (args, call) => tidb`CAST(${inner(args, call)!} AS ${raw(type)})`;
};

const filtered = (call: Call, arg: Parameters<Call["filtered"]>[0]) => call.filtered(arg);

/** Sums of pairs none of which is NULL: their number, what both sides add up to, and how far they spread from their means. */
interface Sums {
  readonly n: Tidb;
  readonly x: Tidb;
  readonly y: Tidb;
  readonly xx: Tidb;
  readonly yy: Tidb;
  readonly xy: Tidb;
}

/** float.c, float8_regr_accum and what follows it. */
const REGRESSIONS: Readonly<Record<string, (sums: Sums) => Tidb>> = {
  regr_count: ({ n }) => n,
  covar_pop: ({ n, xy }) => tidb`${xy} / NULLIF(${n}, 0)`,
  covar_samp: ({ n, xy }) => tidb`${xy} / NULLIF(${n} - 1, 0)`,
  corr: ({ xx, yy, xy }) => tidb`${xy} / NULLIF(SQRT(${xx} * ${yy}), 0)`,
  regr_slope: ({ xx, xy }) => tidb`${xy} / NULLIF(${xx}, 0)`,
  regr_intercept: ({ n, x, y, xx, xy }) => tidb`(${y} - ${x} * ${xy} / NULLIF(${xx}, 0)) / ${n}`,
  regr_avgx: ({ n, x }) => tidb`${x} / ${n}`,
  regr_avgy: ({ n, y }) => tidb`${y} / ${n}`,
  regr_sxx: ({ xx }) => xx,
  regr_syy: ({ yy }) => yy,
  regr_sxy: ({ xy }) => xy,
  regr_r2: ({ xx, yy, xy }) => tidb`CASE WHEN ${xx} = 0 THEN NULL WHEN ${yy} = 0 THEN 1 ELSE ${xy} * ${xy} / (${xx} * ${yy}) END`,
};

export const aggregateRules = table(
  "functions/aggregates",
  { pg: "functions-aggregate", tidb: "aggregate-group-by-functions" },
  {
    "count-rows": {
      calls: ["count()"],
      tidb: (_, call) =>
        call.filter === undefined ? tidb`COUNT(*)${call.over}` : tidb`COUNT(CASE WHEN ${call.filter} THEN 1 END)${call.over}`,
      proofs: over("count(*)", "count(*) FILTER (WHERE i4 > 0)", "count(*) * 2"),
    },
    count: {
      calls: ["count(any)"],
      tidb: aggregate("COUNT"),
      proofs: over(
        "count(i4)",
        "count(DISTINCT t)",
        "count(DISTINCT i4 > 0)",
        "count(t) FILTER (WHERE i4 > 0)",
        "count(DISTINCT lower(t))",
        "count(j)",
      ),
    },
    "sum-integers": {
      calls: ["sum(int2|int4)"],
      tidb: cast("SIGNED", aggregate("SUM")),
      why: "The sum of integers is a bigint in PostgreSQL, and a DECIMAL in TiDB.",
      proofs: over(
        "sum(i4)",
        "sum(i2)",
        "sum(DISTINCT i4)",
        "sum(i4) FILTER (WHERE i4 < 0)",
        "sum(i4) / 2",
        "sum(i4) FILTER (WHERE false)",
      ),
    },
    sum: {
      calls: ["sum(int8|numeric|float4|float8)"],
      tidb: aggregate("SUM"),
      proofs: over("sum(i8)", "sum(n)", "sum(DISTINCT n)", "sum(n) FILTER (WHERE b)", "sum(i4::int8)", "sum(n * 2) + 1"),
    },
    min: {
      calls: ["min(number|text|bpchar|date|timestamp|timestamptz|time|oid)"],
      tidb: aggregate("MIN"),
      proofs: over("min(i4)", "min(t)", "min(n)", "min(d)", "min(ts)", "min(tz)", "min(f8)", "min(v)", "min(i4) FILTER (WHERE i4 > 5)"),
    },
    max: {
      calls: ["max(number|text|bpchar|date|timestamp|timestamptz|time|oid)"],
      tidb: aggregate("MAX"),
      proofs: over("max(i4)", "max(t)", "max(n)", "max(d)", "max(ts)", "max(tz)", "max(f8)", "max(v)", "max(ti)", "max(c)"),
    },
    "enum-extremes": {
      calls: ["min(anyenum)", "max(anyenum)"],
      tidb: ([x], call) => {
        const labels = enumLabels(call.type(x).name, call.catalog);
        if (!labels) return undefined;
        const list = raw(labels.map(string).join(", "));
        return tidb`ELT(${raw(call.signature.name.toUpperCase())}(NULLIF(FIELD(${call.filtered(x)}, ${list}), 0))${call.over}, ${list})`;
      },
      why: "Labels of an enum are ordered as they were declared; TiDB compares their text.",
      proofs: over("min(e)", "max(e)", "max(e) FILTER (WHERE e < 'happy')", "min(e) FILTER (WHERE false)"),
    },
    "any-value": {
      calls: ["any_value(number|text|varchar|bpchar|date|timestamp|timestamptz|time|uuid|bool|anyenum)"],
      tidb: aggregate("MAX"),
      why: "Any value but NULL will do.",
      proofs: over("any_value(7)", "any_value(i4) IS NOT NULL", "any_value(t) FILTER (WHERE t = 'ab')"),
    },
    regression: {
      calls: Object.keys(REGRESSIONS).map((name) => `${name}(float8, float8)`),
      tidb: ([y, x], call) => {
        if (call.distinct.raw !== "") return call.refuse(`${call.signature.name}() with DISTINCT`);
        call.say("digits");
        const both = (value: Value, other: Value) => tidb`CASE WHEN ${other} IS NOT NULL THEN ${call.filtered(value)} END`;
        const [ys, xs] = [both(y, x), both(x, y)];
        const sum = (value: Tidb) => tidb`SUM(${value})${call.over}`;
        const n = tidb`COUNT(${infix("multiplicative")`${xs} * ${ys}`})${call.over}`;
        const spread = (a: Tidb, b: Tidb) => tidb`(${sum(infix("multiplicative")`${a} * ${b}`)} - ${sum(a)} * ${sum(b)} / ${n})`;
        return REGRESSIONS[call.signature.name]!({ n, x: sum(xs), y: sum(ys), xx: spread(xs, xs), yy: spread(ys, ys), xy: spread(xs, ys) });
      },
      why: "TiDB has no such aggregates: they are put together of sums.",
      messages: {
        digits: warning("it is computed of sums, whose last digits are lost where values are large and lie close together", {
          help: "take a mean off the values where that matters",
        }),
      },
      proofs: Object.keys(REGRESSIONS).flatMap((name) => [
        { pg: `${name}(i2, i4b)`, findings: ["digits"] },
        { pg: `${name}(f8b, i2) FILTER (WHERE i2 > 0)`, findings: ["digits"] },
        { pg: `${name}(f8b, i2) FILTER (WHERE false)`, findings: ["digits"] },
      ]),
    },
    "average-exact": {
      calls: ["avg(int2|int4|int8|numeric)"],
      tidb: ([x], call) => tidb`AVG(${call.distinct}CAST(${filtered(call, x)} AS DECIMAL(65,24)))${call.over}`,
      why: "PostgreSQL gives at least 16 significant digits of an average; TiDB four digits more than the values have.",
      proofs: over("avg(i4)", "avg(n)", "avg(i2)", "avg(DISTINCT i4)", "avg(n) FILTER (WHERE n > 0)", "round(avg(n), 2)"),
    },
    "average-float": { calls: ["avg(float)"], tidb: aggregate("AVG"), proofs: over("avg(f8)", "avg(f8) FILTER (WHERE f8 > 0)") },
    "bool-and": {
      calls: ["bool_and(bool)", "every(bool)"],
      tidb: ([x], call) => tidb`MIN(${call.filtered(x)})${call.over}`,
      proofs: over("bool_and(b)", "every(i4 > 0)", "bool_and(b OR bb)", "bool_and(b) FILTER (WHERE i4 > 0)"),
    },
    "bool-or": {
      calls: ["bool_or(bool)"],
      tidb: ([x], call) => tidb`MAX(${call.filtered(x)})${call.over}`,
      proofs: over("bool_or(b)", "bool_or(i4 > 100)", "bool_or(b) FILTER (WHERE i4 > 0)"),
    },
    "string-agg": {
      calls: ["string_agg(text, text)"],
      tidb: ([x, separator], call) => {
        // Without a separator the values stand side by side.
        const isNull = (as("A_Const", separator) ?? as("A_Const", as("TypeCast", separator)?.arg))?.isnull === true;
        const text = isNull ? "" : call.text(separator);
        if (text === undefined)
          return call.refuse("string_agg() with a separator that is no literal (write CONCAT of it and the value, and join with '')");
        if (isNull && isNode(separator)) call.open(separator);
        if (call.over.raw !== "") return joinedWindow(call.filtered(x), text, call);
        call.say("length");
        // DISTINCT sorts what it compares, in PostgreSQL.
        if (call.order.raw === "" && call.distinct.raw !== "") {
          const value = call.filtered(x);
          return tidb`GROUP_CONCAT(${call.distinct}${value} ORDER BY ${value} SEPARATOR ${raw(quoted(text))})`;
        }
        if (call.order.raw === "") call.say("order");
        return tidb`GROUP_CONCAT(${call.distinct}${call.filtered(x)}${call.order} SEPARATOR ${raw(quoted(text))})`;
      },
      messages: {
        length: warning("the text is cut at group_concat_max_len bytes, which is 1024 unless it is set", {
          help: "SET SESSION group_concat_max_len = 1073741824 in the connection of the application",
        }),
        order: warning("the values come in any order, also where the rows are ordered by a subquery", {
          help: "write the order into the call: string_agg(x, ',' ORDER BY y)",
        }),
      },
      proofs: [
        { pg: "string_agg(lower(i4::text), ',') FILTER (WHERE i4 = 7)", findings: ["length", "order"] },
        { pg: "string_agg(DISTINCT i4::text, ',')", findings: ["length"] },
        { pg: "string_agg(lower(i4::text), NULL ORDER BY id) FILTER (WHERE i4 < 8)", findings: ["length"] },
        { pg: "string_agg(t, ', ') OVER (ORDER BY id)" },
        { pg: "string_agg(v, '') OVER (PARTITION BY i2 ORDER BY id DESC)" },
        { pg: "string_agg(t, ';;') FILTER (WHERE b) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)" },
      ],
    },
    "bytes-agg": {
      calls: ["string_agg(bytea, bytea)"],
      tidb: ([x, separator], call) => {
        const text = call.text(separator);
        if (text === undefined || !/^\\x(?:[0-9a-f]{2})*$/i.test(text) || call.over.raw !== "" || call.distinct.raw !== "")
          return call.refuse("string_agg() of bytes with DISTINCT, OVER, or a separator that is no literal in hexadecimal digits");
        call.say("length");
        if (call.order.raw === "") call.say("order");
        return tidb`UNHEX(GROUP_CONCAT(HEX(${call.filtered(x)})${call.order} SEPARATOR ${raw(quoted(text.slice(2)))}))`;
      },
      messages: {
        length: warning(
          "the bytes are cut at half of group_concat_max_len, which is 1024 unless it is set: NULL where a half digit is left",
          {
            help: "SET SESSION group_concat_max_len = 1073741824 in the connection of the application",
          },
        ),
        order: warning("the values come in any order, also where the rows are ordered by a subquery", {
          help: "write the order into the call: string_agg(x, '' ORDER BY y)",
        }),
      },
      proofs: [
        { pg: "string_agg(y, '\\x00' ORDER BY id) FILTER (WHERE i4 = 7)", findings: ["length"] },
        { pg: "string_agg('\\x01'::bytea, '\\x') FILTER (WHERE i4 = 7)", findings: ["length", "order"] },
      ],
    },
    "standard-deviation": {
      calls: ["stddev(float8)", "stddev_samp(float8)"],
      tidb: aggregate("STDDEV_SAMP"),
      proofs: over("stddev(f8)", "stddev_samp(f8)"),
    },
    "standard-deviation-population": { calls: ["stddev_pop(float8)"], tidb: aggregate("STDDEV_POP"), proofs: over("stddev_pop(f8)") },
    variance: {
      calls: ["variance(float8)", "var_samp(float8)"],
      tidb: aggregate("VAR_SAMP"),
      proofs: over("variance(f8)", "var_samp(f8)"),
    },
    "variance-population": { calls: ["var_pop(float8)"], tidb: aggregate("VAR_POP"), proofs: over("var_pop(f8)") },
    "exact-deviation": {
      calls: ["stddev(exact)", "stddev_samp(exact)", "stddev_pop(exact)", "variance(exact)", "var_samp(exact)", "var_pop(exact)"],
      tidb: ([x], call) => {
        call.say("double", { function: `${call.signature.name}()` });
        return tidb`${raw(DEVIATIONS[call.signature.name]!)}(${call.distinct}${call.filtered(x)})${call.over}`;
      },
      messages: {
        double: warning("{function} of exact numbers is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "round it to the digits that are wanted",
        }),
      },
      proofs: ["stddev(n)", "stddev_pop(n)", "variance(n)", "var_pop(n)"].map((pg) => ({
        pg,
        findings: ["double"],
        differs: true as const,
      })),
    },
    "bit-aggregates": {
      calls: ["bit_and(int)", "bit_or(int)", "bit_xor(int)"],
      tidb: ([x], call) => {
        const name = raw(call.signature.name.toUpperCase());
        const arg = call.filtered(x);
        return tidb`CASE WHEN COUNT(${arg})${call.over} > 0 THEN CAST(${name}(${arg})${call.over} AS SIGNED) END`;
      },
      why: "Over no values PostgreSQL gives NULL and TiDB all bits or none.",
      proofs: over("bit_and(i4)", "bit_or(i4)", "bit_or(i8)", "bit_xor(i4)", "bit_and(i4) FILTER (WHERE false)"),
    },
    "window-functions": {
      calls: [
        "row_number()",
        "rank()",
        "dense_rank()",
        "percent_rank()",
        "cume_dist()",
        "ntile(int4)",
        "lag(any)",
        "lead(any)",
        "lag(any, int4)",
        "lead(any, int4)",
        "lag(any, int4, any)",
        "lead(any, int4, any)",
        "first_value(any)",
        "last_value(any)",
        "nth_value(any, int4)",
      ],
      tidb: (args, call) => {
        if (call.over.raw === "") return call.refuse(`${call.signature.name}() without OVER`);
        if (args.length > 1 && call.integer(args[1]) === undefined)
          return call.refuse(`${call.signature.name}() with an offset that is no literal`);
        const offset = args.length > 1 ? call.integer(args[1])! : 1;
        if (offset < 0) {
          if (isNode(args[1])) call.open(args[1]);
          const other = raw(call.signature.name === "lag" ? "LEAD" : "LAG");
          const rest = (args as readonly Value[])[2];
          const count = raw(String(-offset));
          return rest === undefined
            ? tidb`${other}(${args[0]}, ${count})${call.over}`
            : tidb`${other}(${args[0]}, ${count}, ${rest})${call.over}`;
        }
        const head = call.signature.name.toUpperCase();
        const texts = args.length === (0 as number) ? [`${head}()`] : [`${head}(`, ...args.slice(1).map(() => ", "), ")"];
        return { kind: "Tidb", texts: [...texts, ""], holes: [...args, call.over] };
      },
      proofs: proofs(
        "row_number() OVER (ORDER BY id)",
        "lag(i4) OVER (ORDER BY id)",
        "lag(i4, -1) OVER (ORDER BY id)",
        "lead(i4, -2, 0) OVER (ORDER BY id)",
        "lag(i4, 0) OVER (ORDER BY id)",
        "lead(t, 2, 'x') OVER (ORDER BY id)",
        "first_value(i4) OVER (ORDER BY id)",
        "rank() OVER (ORDER BY id DESC)",
        "ntile(3) OVER (ORDER BY id)",
        "nth_value(t, 2) OVER (ORDER BY id)",
      ),
    },
  },
);

/**
 * GROUP_CONCAT is no window function (error 1235): the texts are put together as an array of JSON, each behind its separator, and the marks
 * between them taken out. No text has these in it, because JSON writes its quotes otherwise.
 */
function joinedWindow(value: Value | Tidb, separator: string, call: Call): Tidb {
  const items = tidb`JSON_ARRAYAGG(IFNULL(CONCAT(${raw(quoted(separator))}, ${value}), ''))${call.over}`;
  const listed = tidb`TRIM(LEADING '[' FROM TRIM(TRAILING ']' FROM CAST(${items} AS CHAR)))`;
  const joined = tidb`JSON_UNQUOTE(REPLACE(${listed}, '", "', ''))`;
  return tidb`IF(COUNT(${value})${call.over} > 0, SUBSTRING(${joined}, ${raw(String([...separator].length + 1))}), NULL)`;
}

const DEVIATIONS: Readonly<Record<string, string>> = {
  stddev: "STDDEV_SAMP",
  stddev_samp: "STDDEV_SAMP",
  stddev_pop: "STDDEV_POP",
  variance: "VAR_SAMP",
  var_samp: "VAR_SAMP",
  var_pop: "VAR_POP",
};

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
