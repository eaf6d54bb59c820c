import { type Call, infix, note, operator, proofs, raw, same, table, tidb, unchanged, warning } from "../../src/rule.js";

const WIDER = note("integers of {type} are computed with 64 bits: a result beyond {type} is no error", {
  help: "it still is one where the result is stored in a column of that type",
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

function wider(call: Call): void {
  const { result } = call.signature;
  if (result === "int4" || result === "int2") call.say("wider", { type: result === "int4" ? "integer" : "smallint" });
}

const narrow = (...expressions: string[]) => expressions.map((pg) => ({ pg, findings: ["wider"] }));
const byZero = (...expressions: string[]) => expressions.map((pg) => ({ pg, findings: ["zero"] }));

/** One of the integers is no longer than this, and PostgreSQL computes with the longer. */
const INTEGERS = "(int, int)";
const OTHERS = ["(numeric, numeric)", "(float8, float8)", "(float4, float4)", "(float4, float8)", "(float8, float4)"];

const sum = (sign: string, level: "additive" | "multiplicative") => ({
  calls: [INTEGERS, ...OTHERS].map((types) => sign + types),
  tidb: (args: Parameters<ReturnType<typeof operator>>[0], call: Call) => {
    wider(call);
    return operator(sign, level)(args, call);
  },
  messages: { wider: WIDER },
  proofs: [
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
    ),
  ],
});

export const arithmeticRules = table(
  "functions/arithmetic",
  { pg: "functions-math", tidb: "numeric-functions-and-operators" },
  {
    add: sum("+", "additive"),
    subtract: sum("-", "additive"),
    multiply: sum("*", "multiplicative"),
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
        return infix("multiplicative")`CAST(${args[0]} AS DECIMAL(65,24)) / ${args[1]}`;
      },
      why: `PostgreSQL gives at least 16 significant digits of a quotient; TiDB four digits more than the dividend has, so that the dividend is given
24 behind the point.`,
      messages: { zero: ZERO },
      proofs: [
        ...byZero("n / nb", "n / i4", "i4 / n", "nn / n", "i4 / nn"),
        ...proofs("n / 3", "i4 / 7.0", "round(n / 3 / 7, 10)", "n / NULLIF(nb, 0)", "100.0 * i4 / 3", "round(n / 3, 2)"),
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
      tidb: ([x]) => infix("unary")`-${x}`,
      proofs: proofs("-i8", "-n", "-f8", "- (-i8)", "-(n + 1)", "-i4::int8", "-(n * 2) - -n"),
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
        call.say("double");
        return tidb`POW(${x}, ${y})`;
      },
      messages: {
        double: warning("a power of numeric is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "multiply where the exponent is a small integer",
        }),
      },
      proofs: [
        { pg: "n ^ 2", findings: ["double"], differs: true },
        { pg: "power(n, 2)", findings: ["double"], differs: true },
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
      tidb: same("ROUND"),
      proofs: proofs(
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
        domain: warning("the logarithm of zero or less is NULL in TiDB, where PostgreSQL raises an error", {
          help: "decide what it means: write a CASE",
        }),
        double: warning("the logarithm of a numeric is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "round it to the digits that are wanted",
        }),
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
        domain: warning("the logarithm of zero or less is NULL in TiDB, where PostgreSQL raises an error", {
          help: "decide what it means: write a CASE",
        }),
        double: warning("the logarithm of a numeric is computed as a double in TiDB: digits behind the 15th are lost", {
          help: "round it to the digits that are wanted",
        }),
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
    "shift-left-int4": {
      calls: ["<<(int4, int4)"],
      tidb: ([x, n]) => tidb`CAST((CAST(${x} << (${n} & 31) AS SIGNED) << 32) AS SIGNED) DIV 4294967296`,
      why: "What is shifted beyond 32 bits falls off, and the sign is the 32nd bit.",
      proofs: proofs("i4 << 1", "i4 << 31", "i4 << 33", "1 << 4", "i4 << i4b"),
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
    "width-bucket": {
      calls: ["width_bucket(numeric|float8, numeric|float8, numeric|float8, int4)"],
      tidb: ([x, low, high, n]) =>
        tidb`CASE WHEN ${x} < ${low} THEN 0 WHEN ${x} >= ${high} THEN ${n} + 1 ELSE FLOOR((${x} - ${low}) / (${high} - ${low}) * ${n}) + 1 END`,
      proofs: proofs("width_bucket(n, 0, 10, 5)", "width_bucket(f8, -5, 5, 10)"),
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
