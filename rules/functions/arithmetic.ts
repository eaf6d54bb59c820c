import {
  as,
  type Call,
  infix,
  isNode,
  operator,
  proofs,
  raw,
  same,
  type Tidb,
  table,
  tidb,
  unchanged,
  type Value,
  warning,
} from "../../src/rule.js";

const WIDER = warning("integers of {type} are computed with 64 bits: a result beyond {type} is no error", {
  help: "nothing to do where numbers are far from the limits; where a result is stored in a column of that type, it still is an error",
  once: true,
});

const ZERO = warning("{operator} by zero gives NULL in a SELECT, where PostgreSQL raises an error", {
  help: "where zero can be, decide what it means: write NULLIF(…, 0) or a CASE; in INSERT, UPDATE and DELETE TiDB raises an error too",
});

/** Whether the divisor is written so that it is never zero: a number that is none, or NULLIF(…, 0). */
function neverZero(divisor: Parameters<Call["text"]>[0], call: Call): boolean {
  const text = call.text(divisor);
  if (text !== undefined) return Number(text) !== 0;
  const node = divisor as { kind?: string; variant?: string; rexpr?: never };
  return node.kind === "A_Expr" && node.variant === "AEXPR_NULLIF" && call.integer(node.rexpr!) === 0;
}

function wider(call: Call, args: readonly Value[] = []): void {
  const { result } = call.signature;
  // Numbers that are written out are too few and too small, or their result can be seen.
  if (args.length > 0 && args.every((arg) => Math.abs(call.integer(arg) ?? LARGE) < LARGE)) return;
  if (result === "int4" || result === "int2") call.say("wider", { type: result === "int4" ? "integer" : "smallint" });
}

/** Two integers below it can be multiplied without leaving smallint. */
const LARGE = 181;

const DOMAIN = warning("the logarithm of zero or less is NULL in TiDB, where PostgreSQL raises an error", {
  help: "decide what it means: write a CASE",
});
const LOG_DOUBLE = warning("the logarithm of a numeric is computed as a double in TiDB: digits behind the 15th are lost", {
  help: "round it to the digits that are wanted",
});

/** Digits of a quotient behind the point, of which 16 count, as many as stand before the first of them that is not zero. */
const TINY = 12;

/** How many digits behind the point a number can have, or zeros before the first other one when it is a quotient. */
function zeros(node: Value, call: Call): number {
  const text = call.text(node);
  if (text !== undefined) return decimals(text);
  const { name, mods } = call.own(node);
  if (INTEGER_DIGITS[name] !== undefined) return 0;
  if (mods !== undefined && mods.length > 0) return mods[1] ?? 0;
  const { variant, name: sign, lexpr, rexpr } = as("A_Expr", node) ?? {};
  if (rexpr !== undefined && lexpr !== undefined && variant === "AEXPR_OP") {
    const [left, right] = [zeros(lexpr, call), zeros(rexpr, call)];
    if (sign?.at(-1) === "*") return left + right;
    if (sign?.at(-1) === "/") return left + whole(rexpr, call);
    return /^[-+%]$/.test(String(sign?.at(-1))) ? Math.max(left, right) : UNKNOWN;
  }
  if (variant === "AEXPR_NULLIF" && lexpr !== undefined) return zeros(lexpr, call);
  const cast = as("TypeCast", node)?.arg;
  if (cast !== undefined && (call.own(cast).name === "numeric" || INTEGER_DIGITS[call.own(cast).name] !== undefined))
    return zeros(cast, call);
  const all = as("CoalesceExpr", node)?.args;
  if (all) return Math.max(...all.map((each) => zeros(each, call)));
  const { funcname, args = [] } = as("FuncCall", node) ?? {};
  const function_ = String(funcname?.at(-1));
  const [first, places] = args;
  if (first === undefined) return UNKNOWN;
  if (function_ === "extract") return 6;
  if (/^(?:round|trunc|ceil|ceiling|floor)$/.test(function_)) return places === undefined ? 0 : (call.integer(places) ?? UNKNOWN);
  if (/^(?:sum|min|max|abs)$/.test(function_)) return zeros(first, call);
  // Of so many rows that nobody has more.
  return function_ === "avg" ? zeros(first, call) + 10 : UNKNOWN;
}

/** The digits that a number can have before the point. */
function whole(node: Value, call: Call): number {
  const text = call.text(node);
  if (text !== undefined) return Math.max(0, Math.ceil(Math.log10(Math.abs(Number(text)))));
  const { variant, lexpr } = as("A_Expr", node) ?? {};
  if (variant === "AEXPR_NULLIF" && lexpr !== undefined) return whole(lexpr, call);
  if (as("FuncCall", node)?.funcname?.at(-1) === "count") return 10;
  const { name, mods } = call.own(node);
  if (INTEGER_DIGITS[name] !== undefined) return INTEGER_DIGITS[name];
  return mods !== undefined && mods.length > 0 ? mods[0]! - (mods[1] ?? 0) : UNKNOWN;
}

const UNKNOWN = 99;
const INTEGER_DIGITS: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19 };

function decimals(text: string): number {
  const [, digits = "", exponent = "0"] = /^[+-]?\d*\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  return Math.max(0, digits.length - Number(exponent));
}

/** Near zero the first terms of a series, where differences of exponentials have no digits left. */
const nearZero = (x: Value, series: Tidb, formula: Tidb): Tidb => tidb`CASE WHEN ABS(${x}) < 0.01 THEN ${series} ELSE ${formula} END`;

const HYPERBOLIC: Readonly<Record<string, (x: Value) => Tidb>> = {
  sinh: (x) => nearZero(x, tidb`${x} + POW(${x}, 3) / 6 + POW(${x}, 5) / 120`, tidb`(EXP(${x}) - EXP(-${x})) / 2`),
  cosh: (x) => infix("multiplicative")`(EXP(${x}) + EXP(-${x})) / 2`,
  tanh: (x) =>
    nearZero(
      x,
      tidb`${x} - POW(${x}, 3) / 3 + POW(${x}, 5) * 2 / 15 - POW(${x}, 7) * 17 / 315`,
      tidb`1 - 2 / (EXP(2 * LEAST(${x}, 350)) + 1)`,
    ),
  asinh: (x) =>
    nearZero(
      x,
      tidb`${x} - POW(${x}, 3) / 6 + POW(${x}, 5) * 3 / 40 - POW(${x}, 7) * 15 / 336`,
      tidb`SIGN(${x}) * LN(ABS(${x}) + SQRT(${x} * ${x} + 1))`,
    ),
};

/** The number that an argument is; undefined where it is no literal. */
function number(arg: Value, call: Call): number | undefined {
  const text = call.text(arg);
  const value = text === undefined ? call.integer(arg) : Number(text);
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function factorial(n: number): bigint {
  return n < 2 ? 1n : BigInt(n) * factorial(n - 1);
}

/** The greatest first. */
const divisorsOf = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => n - i).filter((each) => n % each === 0);

const narrow = (...expressions: string[]) => expressions.map((pg) => ({ pg, findings: ["wider"] }));
const byZero = (...expressions: string[]) => expressions.map((pg) => ({ pg, findings: ["zero"] }));

/** Whether TiDB has an integer where PostgreSQL has a numeric: a whole literal, or an integer that is cast to numeric. */
function isWhole(node: Value, call: Call): boolean {
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  if (variant === "AEXPR_OP" && name?.at(-1) === "-" && lexpr === undefined) return isWhole(rexpr!, call);
  const constant = as("A_Const", node);
  if (constant) return constant.ival !== undefined || /^\d+$/.test(constant.fval ?? "");
  if (INTEGER_DIGITS[call.own(node).name] !== undefined) return true;
  const cast = as("TypeCast", node);
  return cast?.arg !== undefined && call.own(node).mods === undefined && isWhole(cast.arg, call);
}

/** Whether a value is a quotient of numerics that PostgreSQL may have to round: to some 16 digits, where TiDB keeps up to 30. */
function isRounded(node: Value, call: Call): boolean {
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  if (variant !== "AEXPR_OP" || name?.at(-1) !== "/" || lexpr === undefined || call.own(node).name !== "numeric") return false;
  const divisor = numberOf(rexpr);
  return divisor === undefined || !ends(divisor);
}

function numberOf(value: Value | undefined): string | undefined {
  const constant = as("A_Const", value);
  return constant?.ival?.toString() ?? constant?.fval;
}

/** Whether a division by that number comes to an end: it is made of twos and fives. */
function ends(number: string): boolean {
  let rest = Number(number.replace(".", ""));
  if (!Number.isSafeInteger(rest) || rest === 0) return false;
  for (const factor of [2, 5]) while (rest % factor === 0) rest /= factor;
  return rest === 1;
}

function isPowerOfTen(value: Value): boolean {
  return /^10*(?:\.0*)?$/.test(numberOf(value) ?? "");
}

/**
 * The operands, quotients rounded: what is not exact in PostgreSQL (2.0 / 3 * 3) is not to be exact in TiDB either. A sum differs from
 * PostgreSQL's no more than its parts do, unless two of them make up for one another.
 */
function asExact(sign: string, [left, right]: readonly [Value, Value], call: Call): readonly [Value | Tidb, Value | Tidb] {
  const [first, second] = [isRounded(left, call), isRounded(right, call)];
  const matters = sign === "*" ? (first && !isPowerOfTen(right)) || (second && !isPowerOfTen(left)) : first && second;
  if (!matters) return [left, right];
  call.say("digits");
  return [first ? tidb`ROUND(${left}, 20)` : left, second ? tidb`ROUND(${right}, 20)` : right];
}

const DIGITS = warning(
  "the quotient is rounded behind the 20th digit, where PostgreSQL keeps 16 significant ones: the last digits of what is computed of it differ",
  {
    help: "multiply before you divide, or ROUND() the result to the digits that are wanted before it is compared or cut: floor(), ceil() and a cast to an integer give another number where a digit decides",
  },
);

/** One of the integers is no longer than this, and PostgreSQL computes with the longer. */
const INTEGERS = "(int, int)";
const OTHERS = ["(numeric, numeric)", "(float8, float8)", "(float4, float4)", "(float4, float8)", "(float8, float4)"];

const sum = (sign: string, level: "additive" | "multiplicative") => ({
  calls: [INTEGERS, ...OTHERS].map((types) => sign + types),
  tidb: (args: Parameters<ReturnType<typeof operator>>[0], call: Call) => {
    wider(call, args);
    const isNumeric = call.signature.args[0] === "numeric";
    if (isNumeric && isWhole(args[0], call) && isWhole(args[1], call))
      return infix(level)`CAST(${args[0]} AS DECIMAL(65)) ${raw(sign)} ${args[1]}`;
    const [left, right] = isNumeric ? asExact(sign, [args[0], args[1]], call) : args;
    return infix(level)`${left} ${raw(sign)} ${right}`;
  },
  messages: { wider: WIDER, digits: DIGITS },
  proofs: [
    { pg: `floor(n / 3 ${sign} n / 7)`, findings: ["digits"] },
    ...narrow(
      `i4 ${sign} i4b`,
      `i2 ${sign} i2`,
      `i4 ${sign} 1`,
      `i4 ${sign} (i4b ${sign} 3)`,
      `(i4 ${sign} i4b) ${sign} 2`,
      `-i4 ${sign} i2`,
    ),
    ...proofs(
      `i8 ${sign} i4`,
      `n ${sign} nb`,
      `nn ${sign} 1`,
      `n ${sign} i4`,
      `f8 ${sign} f8b`,
      `f8 ${sign} i4`,
      `f8 ${sign} n`,
      `i8 ${sign} i8`,
      `i8::numeric ${sign} i4`,
      `9223372036854775807::numeric ${sign} 3::numeric`,
      `i4b::numeric ${sign} i4::numeric`,
      `-i8::numeric ${sign} 10`,
    ),
  ],
});

export const arithmeticRules = table(
  "functions/arithmetic",
  { pg: "functions-math", tidb: "numeric-functions-and-operators" },
  {
    add: sum("+", "additive"),
    subtract: sum("-", "additive"),
    multiply: {
      ...sum("*", "multiplicative"),
      why: `PostgreSQL rounds a quotient to some 16 significant digits, TiDB keeps up to 30 behind the point: 2.0 / 3 * 3 is 2.0000000000000001 in
one and 2 in the other. A quotient that is computed on with is rounded here as well; one that ends, such as one by 100, is the same in both.`,
      proofs: [
        ...sum("*", "multiplicative").proofs,
        { pg: "floor(n / 3 * 3)", findings: ["digits"] },
        { pg: "n / 3 * 3 = n", findings: ["digits"] },
        ...proofs("round(n / 100 * 7, 10)", "round(n / 3 * 100, 10)"),
      ],
    },
    "divide-integers": {
      calls: ["/(int, int)"],
      tidb: (args, call) => {
        if (!neverZero(args[1], call)) call.say("zero", { operator: "division" });
        return operator("DIV", "multiplicative")(args, call);
      },
      why: "`/` of integers cuts towards zero in PostgreSQL, and gives a fraction in TiDB.",
      messages: { zero: ZERO },
      proofs: [
        ...byZero("i4 / i4b", "i8 / i4", "i4 / (i4b / 2)", "7 / i4"),
        ...proofs("i4 / 2", "i4 / -2", "(i4 + 1::int8) / 7", "i8 / NULLIF(i4, 0)", "i4 / 2 / 3", "i2 / 7::int2"),
      ],
    },
    divide: {
      calls: ["/(numeric, numeric)"],
      tidb: (args, call) => {
        if (!neverZero(args[1], call)) call.say("zero", { operator: "division" });
        if (zeros(args[0], call) + whole(args[1], call) > TINY) call.say("tiny");
        return infix("multiplicative")`CAST(${args[0]} AS DECIMAL(65,24)) / ${args[1]}`;
      },
      why: `PostgreSQL gives at least 16 significant digits of a quotient; TiDB four digits more than the dividend has, so that the dividend is given
24 behind the point.`,
      messages: {
        zero: ZERO,
        tiny: warning("a quotient below 0.000000000001 has fewer digits in TiDB, which keeps 28 behind the point", {
          help: "nothing to do where quotients are not that small; else compute with double precision",
        }),
      },
      proofs: [
        ...byZero("n / nb", "n / i4", "i4 / n"),
        { pg: "nn / n", findings: ["zero", "tiny"] },
        { pg: "i4 / nn", findings: ["zero", "tiny"] },
        { pg: "0.0000000001 / n", findings: ["zero", "tiny"], differs: true },
        { pg: "nn / i8", findings: ["zero", "tiny"], differs: true },
        { pg: "n::text::numeric / 7", findings: ["tiny"] },
        ...proofs(
          "sum(n) / nullif(count(n), 0)",
          "avg(i4) / 60",
          "i4::numeric / 3",
          "round(n * nb, 3) / 1000",
          "coalesce(n, 0) / 100",
          "abs(nn) / 8",
          "extract(epoch from ts) / 3600",
          "n / nullif(count(*) OVER (), 0)",
        ),
        ...proofs("n / 3", "i4 / 7.0", "round(n / 3 / 7, 10)", "n / NULLIF(nb, 0)", "100.0 * i4 / 3", "1e10 * 1e10 / 7", "round(n / 3, 2)"),
      ],
    },
    "divide-floats": {
      calls: OTHERS.slice(1).map((types) => `/${types}`),
      tidb: (args, call) => {
        if (!neverZero(args[1], call)) call.say("zero", { operator: "division" });
        return operator("/", "multiplicative")(args, call);
      },
      messages: { zero: ZERO },
      proofs: [...byZero("f8 / f8b", "i4 / f8"), ...proofs("f8 / 3", "i4 / 3::float8", "f8 / 2 / 5")],
    },
    modulo: {
      calls: ["%(int, int)", "%(numeric, numeric)", "mod(int, int)", "mod(numeric, numeric)"],
      tidb: (args, call) => {
        if (!neverZero(args[1], call)) call.say("zero", { operator: "%" });
        return operator("%", "multiplicative")(args, call);
      },
      messages: { zero: ZERO },
      proofs: [
        ...byZero("i4 % i4b", "mod(i4, i4b)", "n % nb", "i8 % i4"),
        ...proofs("i4 % 7", "i4 % -7", "n % 2", "mod(i8, 10)", "mod(n, 0.3)", "mod(i4 + 1::int8, 3) * 2"),
      ],
    },
    div: {
      calls: ["div(numeric, numeric)"],
      tidb: (args, call) => {
        if (!neverZero(args[1], call)) call.say("zero", { operator: "division" });
        return operator("DIV", "multiplicative")(args, call);
      },
      messages: { zero: ZERO },
      proofs: [...byZero("div(n, nb)"), ...proofs("div(n, 3)", "div(i4, 7)", "div(-7.5, 2)")],
    },
    negate: {
      calls: ["-(number)"],
      tidb: ([x], call) => {
        if (call.text(x) === undefined) wider(call);
        return infix("unary")`-${x}`;
      },
      messages: { wider: WIDER },
      proofs: [...narrow("-i4", "-i2"), ...proofs("-i8", "-n", "-f8", "- (-i8)", "-(n + 1)", "-i4::int8", "-(n * 2) - -n", "-7")],
    },
    plus: { calls: ["+(number)"], tidb: unchanged, proofs: proofs("+n", "+i4", "+(n + 1) * 2") },
    power: {
      calls: ["^(float8, float8)", "power(float8, float8)", "pow(float8, float8)"],
      tidb: same("POW"),
      why: "`^` is the exclusive or of bits in TiDB. A negative number to the power of a fraction is an error in both.",
      proofs: proofs("f8 ^ 2", "power(f8, 3)", "f8 ^ 0.5::float8", "2 ^ i2", "power(i4, 2)", "pow(f8, f8b)", "2 ^ 3 ^ 2"),
    },
    "power-numeric": {
      calls: ["^(numeric, numeric)", "power(numeric, numeric)", "pow(numeric, numeric)"],
      tidb: ([x, y], call) => {
        const times = number(y, call);
        if (times === 2 || times === 3) {
          const { name, mods } = call.own(x);
          // PostgreSQL keeps some 16 significant digits of a power, and these are no more.
          if (name === "numeric" && mods?.length && mods[0]! * times <= 15)
            return times === 2 ? infix("multiplicative")`${x} * ${x}` : infix("multiplicative")`${x} * ${x} * ${x}`;
        }
        call.say("double");
        return tidb`POW(${x}, ${y})`;
      },
      messages: {
        double: warning("a power of numeric is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "multiply where the exponent is a small integer",
        }),
      },
      proofs: [
        { pg: "n ^ 2.5", findings: ["double"], differs: true },
        { pg: "power(nn, 4)", findings: ["double"], differs: true },
        { pg: "n ^ 2", findings: ["double"], differs: true },
        ...proofs("n::numeric(7,2) ^ 2", "power((n % 100)::numeric(4,2), 3)"),
      ],
    },
    abs: {
      calls: ["abs(number)", "@(number)"],
      tidb: (args, call) => {
        wider(call);
        return same("ABS")(args, call);
      },
      messages: { wider: WIDER },
      proofs: [...narrow("abs(i4)", "@ i2"), ...proofs("abs(i8)", "abs(n)", "abs(f8)", "@ n", "abs(i4 - 5::int8)")],
    },
    ceil: {
      calls: ["ceil(numeric|float8)", "ceiling(numeric|float8)"],
      tidb: same("CEIL"),
      proofs: proofs("ceil(n)", "ceiling(n)", "ceil(f8)", "ceil(nn)", "ceil(-0.5)", "ceil(i4)"),
    },
    floor: {
      calls: ["floor(numeric|float8)"],
      tidb: same("FLOOR"),
      proofs: proofs("floor(n)", "floor(f8)", "floor(nn)", "floor(-0.5)", "floor(i8)"),
    },
    round: {
      calls: ["round(numeric|float8)", "round(numeric, int4)"],
      tidb: ([x, places], call) => {
        if (places === undefined) return tidb`ROUND(${x})`;
        const isInteger = /^int/.test(call.own(x).name) && (call.integer(places) ?? -1) < 0;
        return isInteger ? tidb`ROUND(CAST(${x} AS DECIMAL(20)), ${places})` : tidb`ROUND(${x}, ${places})`;
      },
      why: "TiDB cuts integers to tens and hundreds, where it rounds decimals.",
      proofs: proofs(
        "round(i4, -1)",
        "round(i8, -3)",
        "round(i4, 2)",
        "round(i4, i2)",
        "round(n)",
        "round(nn)",
        "round(f8)",
        "round(n, 1)",
        "round(n, -1)",
        "round(n, 5)",
        "round(2.5)",
        "round(-2.5)",
        "round(2.5::float8)",
        "round(3.5::float8)",
        "round(n, i2)",
      ),
    },
    trunc: {
      calls: ["trunc(numeric|float8)"],
      tidb: ([x]) => tidb`TRUNCATE(${x}, 0)`,
      proofs: proofs("trunc(n)", "trunc(f8)", "trunc(-0.5)", "trunc(nn)"),
    },
    "trunc-digits": {
      calls: ["trunc(numeric, int4)"],
      tidb: same("TRUNCATE"),
      proofs: proofs("trunc(n, 1)", "trunc(n, -1)", "trunc(nn, 3)", "trunc(n, 5)"),
    },
    sign: { calls: ["sign(numeric|float8)"], tidb: same("SIGN"), proofs: proofs("sign(n)", "sign(f8)", "sign(i4)") },
    exp: { calls: ["exp(float8)"], tidb: same("EXP"), proofs: proofs("exp(i2::float8 / 10000)", "exp(1::float8)") },
    pi: { calls: ["pi()"], tidb: () => tidb`(PI() + 0e0)`, proofs: proofs("pi()", "pi() * f8") },
    degrees: { calls: ["degrees(float8)"], tidb: same("DEGREES"), proofs: proofs("degrees(f8)") },
    radians: { calls: ["radians(float8)"], tidb: same("RADIANS"), proofs: proofs("radians(f8)") },
    sin: { calls: ["sin(float8)"], tidb: same("SIN"), proofs: proofs("sin(i2)") },
    cos: { calls: ["cos(float8)"], tidb: same("COS"), proofs: proofs("cos(i2)") },
    tan: { calls: ["tan(float8)"], tidb: same("TAN"), proofs: proofs("tan(i2)") },
    atan: { calls: ["atan(float8)"], tidb: same("ATAN"), proofs: proofs("atan(f8)") },
    atan2: { calls: ["atan2(float8, float8)"], tidb: same("ATAN2"), proofs: proofs("atan2(f8, f8b)", "atan2(1, i4)") },
    cbrt: {
      calls: ["cbrt(float8)", "||/(float8)"],
      tidb: ([x]) => infix("multiplicative")`SIGN(${x}) * POW(ABS(${x}), 1e0 / 3)`,
      proofs: proofs("cbrt(f8)", "cbrt(i4)", "||/ 27::float8"),
    },
    sqrt: {
      calls: ["sqrt(float8|numeric)", "|/(float8)"],
      tidb: (args, call) => {
        const value = call.text(args[0]);
        if (value === undefined || Number(value) < 0) call.say("negative");
        if (call.signature.args[0] === "numeric") call.say("double");
        return same("SQRT")(args, call);
      },
      messages: {
        negative: warning("the square root of a negative number is NULL in TiDB, where PostgreSQL raises an error", {
          help: "decide what it means: write a CASE",
        }),
        double: warning("the root of a numeric is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "round it to the digits that are wanted",
        }),
      },
      proofs: [
        { pg: "sqrt(f8)", findings: ["negative"] },
        { pg: "sqrt(n)", findings: ["negative", "double"], differs: true },
        { pg: "|/ 16::float8" },
        { pg: "sqrt(i4)", findings: ["negative"] },
      ],
    },
    ln: {
      calls: ["ln(float8|numeric)"],
      tidb: (args, call) => {
        call.say("domain");
        if (call.signature.args[0] === "numeric") call.say("double");
        return same("LN")(args, call);
      },
      messages: {
        domain: DOMAIN,
        double: LOG_DOUBLE,
      },
      proofs: [
        { pg: "ln(f8)", findings: ["domain"] },
        { pg: "ln(n)", findings: ["domain", "double"], differs: true },
      ],
    },
    log: {
      calls: ["log(float8|numeric)", "log10(float8|numeric)"],
      tidb: (args, call) => {
        call.say("domain");
        if (call.signature.args[0] === "numeric") call.say("double");
        return same("LOG10")(args, call);
      },
      why: "log(x) is the natural logarithm in TiDB.",
      messages: {
        domain: DOMAIN,
        double: LOG_DOUBLE,
      },
      proofs: [
        { pg: "log(f8)", findings: ["domain"] },
        { pg: "log10(n)", findings: ["domain", "double"], differs: true },
      ],
    },
    "bit-and": bits("&", "bitAnd"),
    "bit-or": bits("|", "bitOr"),
    "bit-xor": bits("#", "bitXor", "^"),
    "bit-not": {
      calls: ["~(int)"],
      tidb: ([x]) => tidb`CAST(~${x} AS SIGNED)`,
      why: "Bit operators give unsigned numbers in TiDB.",
      proofs: proofs("~i4", "~i8", "~i2", "~(i4 & 7)", "~ ~i4"),
    },
    "shift-left": {
      calls: ["<<(int8, int4)"],
      tidb: ([x, n]) => tidb`CAST(${x} << (${n} & 63) AS SIGNED)`,
      why: "Bit operators give unsigned numbers in TiDB, which shifts everything out where PostgreSQL takes the distance modulo 64.",
      proofs: proofs("i8 << 1", "i8 << 0", "i8 << 63", "i8 << 64", "i8 << i4"),
    },
    "shift-left-shorter": {
      calls: ["<<(int2|int4, int4)"],
      tidb: ([x, n], call) => {
        const [places, factor] = call.signature.args[0] === "int4" ? [raw("32"), raw("4294967296")] : [raw("48"), raw("281474976710656")];
        return infix("multiplicative")`CAST((CAST(${x} << (${n} & 31) AS SIGNED) << ${places}) AS SIGNED) DIV ${factor}`;
      },
      why: "What is shifted beyond 32 bits (of a smallint 16) falls off, and the sign is the last bit.",
      proofs: proofs("i2 << 3", "i2 << 15", "i2 << 16", "i2 << i4b", "i4 << 1", "i4 << 31", "i4 << 33", "1 << 4", "i4 << i4b"),
    },
    "shift-right": {
      calls: [">>(int, int4)"],
      tidb: ([x, n], call) => {
        const places = raw(call.signature.args[0] === "int8" ? "63" : "31");
        return tidb`CASE WHEN ${x} < 0 THEN CAST(~(~${x} >> (${n} & ${places})) AS SIGNED) ELSE CAST(${x} >> (${n} & ${places}) AS SIGNED) END`;
      },
      why: "A negative number keeps its sign in PostgreSQL.",
      proofs: proofs("i4 >> 1", "i8 >> 1", "i8 >> 63", "i4 >> 32", "i4 >> i4b", "i2 >> 3"),
    },
    random: { calls: ["random()"], tidb: () => tidb`RAND()`, proofs: proofs("random() >= 0 AND random() < 1") },
    "random-integer": {
      calls: ["random(int4, int4)", "random(int8, int8)"],
      tidb: ([low, high]) => infix("additive")`${low} + CAST(FLOOR(RAND() * (${high} - ${low} + 1)) AS SIGNED)`,
      proofs: proofs("random(1, 6) BETWEEN 1 AND 6", "random(-3, i2::int + 200) >= -3", "random(5, 5)"),
    },
    "random-numeric": {
      calls: ["random(numeric, numeric)"],
      tidb: ([low, high], call) => {
        const texts = [low, high].map((end) => call.text(end));
        if (texts.some((text) => text === undefined)) return call.refuse("random() between numbers that are no literals");
        // Both ends are drawn, in as many places as the longer of them has.
        const places = raw(String(Math.max(...texts.map((text) => (text!.split(".")[1] ?? "").length))));
        const steps = tidb`CAST(FLOOR(RAND() * ((${high} - ${low}) * POW(10, ${places}) + 1)) AS DECIMAL(65,0))`;
        return infix("additive")`${low} + ${steps} / CAST(POW(10, ${places}) AS DECIMAL(65,0))`;
      },
      proofs: proofs("random(1.5, 2.25) BETWEEN 1.5 AND 2.25", "random(5.25, 5.25) = 5.25"),
    },
    "random-normal": {
      calls: ["random_normal()", "random_normal(float8)", "random_normal(float8, float8)"],
      tidb: ([mean, deviation]) => {
        const drawn = infix("multiplicative")`SQRT(-2 * LN(1 - RAND())) * COS(2 * PI() * RAND())`;
        const scaled = deviation === undefined ? drawn : infix("multiplicative")`${drawn} * ${deviation}`;
        return mean === undefined ? scaled : infix("additive")`${mean} + ${scaled}`;
      },
      why: "Two numbers in [0, 1) make one of the normal distribution (Box and Muller).",
      proofs: proofs("random_normal() IS NOT NULL", "random_normal(0, 0)", "random_normal(f8b, 0)", "random_normal(100, 1) > 50"),
    },
    "cot-of-degrees": {
      calls: ["cotd(float8)"],
      tidb: ([x]) => tidb`ROUND(1e0 / TAN(RADIANS(${x})), 15)`,
      proofs: proofs("cotd(45)", "cotd(30)", "cotd(60.5)"),
    },
    "width-bucket": {
      calls: ["width_bucket(numeric|float8, numeric|float8, numeric|float8, int4)"],
      tidb: ([x, low, high, n], call) => {
        // PostgreSQL divides floats first, and numerics last (width_bucket_float8, compute_bucket).
        const isFloat = call.signature.args[0] === "float8";
        const share = (part: Tidb, whole: Tidb) =>
          isFloat ? tidb`(${part}) / (${whole}) * ${n}` : tidb`CAST((${part}) * ${n} AS DECIMAL(65,24)) / (${whole})`;
        const up = tidb`CASE WHEN ${x} < ${low} THEN 0 WHEN ${x} >= ${high} THEN ${n} + 1 ELSE FLOOR(${share(tidb`${x} - ${low}`, tidb`${high} - ${low}`)}) + 1 END`;
        const down = tidb`CASE WHEN ${x} > ${low} THEN 0 WHEN ${x} <= ${high} THEN ${n} + 1 ELSE FLOOR(${share(tidb`${low} - ${x}`, tidb`${low} - ${high}`)}) + 1 END`;
        const [from, to] = [number(low, call), number(high, call)];
        if (from !== undefined && to !== undefined) return from < to ? up : down;
        return tidb`CASE WHEN ${low} < ${high} THEN ${up} WHEN ${low} > ${high} THEN ${down} END`;
      },
      proofs: proofs(
        "width_bucket(n, 0, 10, 5)",
        "width_bucket(f8, -5, 5, 10)",
        "width_bucket(n, 10, 0, 5)",
        "width_bucket(n, -5.5, 100, 7)",
        "width_bucket(n, abs(nb) + 1, 0, 4)",
        "width_bucket(i2, 0, 300, 3)",
        "width_bucket(100, 0, 300, 3)",
        "width_bucket(200.0, 300, 0, 3)",
      ),
    },
    "width-bucket-of": {
      calls: ["width_bucket(anynonarray, anyarray)"],
      tidb: ([x, bounds], call) => {
        const text = call.text(bounds);
        const list = as("TypeCast", bounds)?.arg ?? bounds;
        const known = as("A_ArrayExpr", list)?.elements?.map((each) => number(each, call)) ?? text?.slice(1, -1).split(",").map(Number);
        if (!known?.length || known.some((each) => each === undefined || Number.isNaN(each)))
          return call.refuse("width_bucket() with bounds that are no literal numbers");
        for (const node of [bounds, list]) if (isNode(node)) call.open(node);
        const reached = known.map((bound) => tidb`(${infix("comparison")`${x} >= ${raw(String(bound))}`})`);
        return reached.slice(1).reduce((sum, each) => infix("additive")`${sum} + ${each}`, reached[0]!);
      },
      proofs: proofs(
        "width_bucket(i4, '{1,5,10}'::int[])",
        "width_bucket(i4, ARRAY[-2, 0, 7])",
        "width_bucket(n, ARRAY[-2, 0, 7.5]::numeric[])",
      ),
    },
    "log-base": {
      calls: ["log(numeric, numeric)"],
      tidb: ([base, x], call) => {
        call.say("domain");
        call.say("double");
        return tidb`LOG(${base}, ${x})`;
      },
      messages: { domain: DOMAIN, double: LOG_DOUBLE },
      proofs: [
        { pg: "round(log(2, abs(i2) + 1), 9)", findings: ["domain", "double"] },
        { pg: "log(2.0, n)", findings: ["domain", "double"], differs: true },
      ],
    },
    "exp-numeric": {
      calls: ["exp(numeric)"],
      tidb: ([x], call) => {
        call.say("double");
        return tidb`EXP(${x})`;
      },
      messages: {
        double: warning("an exponential of numeric is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "round it to the digits that are wanted",
        }),
      },
      proofs: [
        { pg: "round(exp(n / 100000), 9)", findings: ["double"] },
        { pg: "exp(n / 100000)", findings: ["double"], differs: true },
      ],
    },
    arc: {
      calls: ["asin(float8)", "acos(float8)"],
      tidb: (args, call) => {
        const value = number(args[0], call);
        if (value === undefined || Math.abs(value) > 1) call.say("domain");
        return same(call.signature.name.toUpperCase())(args, call);
      },
      messages: {
        domain: warning("of a number beyond -1 and 1 this is NULL in TiDB, where PostgreSQL raises an error", {
          help: "decide what it means: write a CASE",
        }),
      },
      proofs: [...proofs("asin(0.5)", "acos(-0.25)"), { pg: "asin(f8)", findings: ["domain"] }, { pg: "acos(f8)", findings: ["domain"] }],
    },
    cot: {
      calls: ["cot(float8)"],
      tidb: ([x]) => infix("multiplicative")`1e0 / TAN(${x})`,
      why: "COT(0) is an error in TiDB.",
      proofs: proofs("cot(0.5)", "cot(f8b + 20)"),
    },
    "of-degrees": {
      calls: ["sind(float8)", "cosd(float8)", "tand(float8)"],
      tidb: ([x], call) => tidb`ROUND(${raw(call.signature.name.slice(0, 3).toUpperCase())}(RADIANS(${x})), 15)`,
      why: "PostgreSQL gives exact results for 30, 45, 60 and the like: here the 15th digit behind the point is rounded.",
      proofs: proofs("sind(30)", "cosd(60)", "tand(45)", "sind(f8b)", "cosd(f8b * 10)"),
    },
    "in-degrees": {
      calls: ["asind(float8)", "acosd(float8)", "atand(float8)"],
      tidb: ([x], call) => {
        const name = call.signature.name.slice(0, 4).toUpperCase();
        const value = number(x, call);
        if (name !== "ATAN" && (value === undefined || Math.abs(value) > 1))
          return call.refuse(`${call.signature.name}() of a number that may be beyond -1 and 1`);
        return tidb`ROUND(DEGREES(${raw(name)}(${x})), 13)`;
      },
      proofs: proofs("asind(0.5)", "acosd(0.5)", "atand(1)", "atand(f8b)"),
    },
    "atan2-degrees": {
      calls: ["atan2d(float8, float8)"],
      tidb: ([y, x]) => tidb`ROUND(DEGREES(ATAN2(${y}, ${x})), 13)`,
      proofs: proofs("atan2d(1, 1)", "atan2d(f8b, 3)"),
    },
    hyperbolic: {
      calls: ["sinh(float8)", "cosh(float8)", "tanh(float8)"],
      tidb: ([x], call) => HYPERBOLIC[call.signature.name]!(x),
      proofs: proofs("sinh(f8b)", "cosh(f8b)", "tanh(f8b)", "tanh(i2::float8 / 10)", "tanh(1000)", "tanh(f8)", "sinh(f8 / 1e19)"),
    },
    "hyperbolic-inverse": {
      calls: ["asinh(float8)", "acosh(float8)", "atanh(float8)"],
      tidb: ([x], call) => {
        const value = number(x, call);
        const { name } = call.signature;
        if (name === "asinh") return HYPERBOLIC.asinh!(x);
        if (value === undefined || (name === "acosh" ? value < 1 : Math.abs(value) >= 1))
          return call.refuse(`${name}() of a number that may be out of its range`);
        return name === "acosh" ? tidb`LN(${x} + SQRT(${x} * ${x} - 1))` : infix("multiplicative")`LN((1 + ${x}) / (1 - ${x})) / 2`;
      },
      proofs: proofs("asinh(f8b)", "asinh(f8)", "acosh(1.5)", "atanh(0.5)"),
    },
    factorial: {
      calls: ["factorial(int8)"],
      tidb: ([n], call) => {
        const known = call.integer(n);
        if (known !== undefined && known >= 0 && known < 50) return tidb`${raw(String(factorial(known)))}`;
        call.say("range");
        return tidb`ELT(${n} + 1, ${raw(Array.from({ length: 21 }, (_, i) => factorial(i)).join(", "))}) + 0`;
      },
      messages: {
        range: warning("a factorial of less than 0 or more than 20 is NULL here", { help: "compute greater ones in the application" }),
      },
      proofs: [...proofs("factorial(5)", "factorial(25)", "factorial(0)"), { pg: "factorial(i2)", findings: ["range"], differs: true }],
    },
    "common-divisor": {
      calls: ["gcd(int, int)", "lcm(int, int)"],
      tidb: ([a, b], call) => {
        const { name } = call.signature;
        const known = call.integer(b);
        const divisors = known === undefined || known === 0 || Math.abs(known) > 10_000 ? undefined : divisorsOf(Math.abs(known));
        if (!divisors) return call.refuse(`${name}() of two numbers of which the second is no literal`);
        if (isNode(b)) call.open(b);
        const gcd: Tidb = {
          kind: "Tidb",
          texts: ["CASE WHEN ", ...divisors.slice(0, -1).map((each) => ` % ${each} = 0 THEN ${each} WHEN `), ` % 1 = 0 THEN 1 END`],
          holes: divisors.map(() => a),
        };
        if (name === "gcd") return gcd;
        wider(call);
        return tidb`ABS(${a} DIV ${gcd} * ${raw(String(Math.abs(known!)))})`;
      },
      messages: { wider: WIDER },
      proofs: [...proofs("gcd(i4, 12)", "gcd(i8, 255)", "lcm(i8, 4)", "gcd(i4, -6)"), ...narrow("lcm(i2::int, 4)")],
    },
    scale: {
      calls: ["scale(numeric)"],
      tidb: ([x], call) => {
        const text = call.text(x);
        const [, scale] = call.type(x).mods ?? [];
        if (text !== undefined) return tidb`${raw(String((text.split(".")[1] ?? "").length))}`;
        return scale === undefined
          ? call.refuse("scale() of a numeric of no known scale")
          : tidb`CASE WHEN ${x} IS NOT NULL THEN ${raw(String(scale))} END`;
      },
      proofs: proofs("scale(n)", "scale(1.230)", "scale(nn)"),
    },
    "min-scale": {
      calls: ["min_scale(numeric)"],
      tidb: ([x]) => {
        const digits = tidb`TRIM(TRAILING '0' FROM SUBSTRING_INDEX(CAST(${x} AS CHAR), '.', -1))`;
        return tidb`CASE WHEN INSTR(CAST(${x} AS CHAR), '.') > 0 THEN CHAR_LENGTH(${digits}) WHEN ${x} IS NOT NULL THEN 0 END`;
      },
      proofs: proofs("min_scale(n)", "min_scale(nn)", "min_scale(1.230)", "min_scale(i4)"),
    },
    "trim-scale": {
      calls: ["trim_scale(numeric)"],
      tidb: unchanged,
      why: "The value is the same; how many zeros it is shown with is the column's business in TiDB.",
      proofs: proofs("trim_scale(n)", "trim_scale(8.4100)"),
    },
  },
);

function bits(sign: string, level: "bitAnd" | "bitOr" | "bitXor", tidbSign = sign) {
  return {
    calls: [`${sign}(int, int)`],
    tidb: (args: Parameters<ReturnType<typeof operator>>[0], call: Call) => tidb`CAST(${operator(tidbSign, level)(args, call)!} AS SIGNED)`,
    why: "Bit operators give unsigned numbers in TiDB.",
    proofs: proofs(`i4 ${sign} i4b`, `i8 ${sign} i4`, `i4 ${sign} 255`, `i2 ${sign} i2`, `(i4 ${sign} 7) + 1::int8`),
  };
}
