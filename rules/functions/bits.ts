import {
  as,
  type Call,
  comparisons,
  infix,
  proofs,
  type Row,
  raw,
  same,
  type Tidb,
  table,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

/** How many bits a value of type bit(n) has: what a BIT of TiDB holds is a number, which has no length of its own. */
function lengthOf(value: Value, call: Call): number | undefined {
  const literal = as("A_Const", value)?.bsval;
  const { name, lexpr, rexpr } = as("A_Expr", value) ?? {};
  const side = lexpr ?? rexpr;
  if (side !== undefined && /^(?:[&|#~]|<<|>>)$/.test(String(name?.at(-1)))) return lengthOf(side, call);
  const known = literal === undefined ? call.type(value).mods?.[0] : literal.length - 1;
  return known === undefined || known > 63 ? call.refuse("a bit string whose length is not known, or beyond 63 bits") : known;
}

const number = (value: Value): Tidb => tidb`CAST(${value} AS UNSIGNED)`;
const mask = (length: number) => raw(String(2n ** BigInt(length) - 1n));

const NUMBER = warning("the bits are a number here: compared and put into a column they are the same, shown they are not", {
  help: "LPAD(BIN(x), 8, '0') shows 8 bits",
});

const comparison = (sign: string): Row => ({
  calls: [`${sign}(bit, bit)`, `${sign}(varbit, varbit)`],
  tidb: ([one, other], call) => {
    // Texts of bits are sorted as PostgreSQL sorts them.
    if (call.signature.args[0] === "varbit") return infix("comparison")`${one} ${raw(sign)} ${other}`;
    if (lengthOf(one, call) !== lengthOf(other, call)) return call.refuse("bit strings of several lengths");
    return infix("comparison")`${number(one)} ${raw(sign)} ${number(other)}`;
  },
  proofs: proofs(`b8 ${sign} B'10101010'`, `b8 ${sign} b8`, `vb ${sign} B'101'::varbit`),
});

const combined = (sign: string, level: "bitAnd" | "bitOr" | "bitXor", tidbSign = sign): Row => ({
  calls: [`${sign}(bit, bit)`],
  tidb: ([one, other], call) => {
    if (lengthOf(one, call) !== lengthOf(other, call)) return call.refuse("bit strings of several lengths");
    call.say("number");
    return infix(level)`${number(one)} ${raw(tidbSign)} ${number(other)}`;
  },
  messages: { number: NUMBER },
  proofs: [
    { pg: `(b8 ${sign} B'00001111') = B'00001010'`, findings: ["number"] },
    { pg: `b8 <> (b8 ${sign} B'10000000')`, findings: ["number"] },
    { pg: `b8 ${sign} B'00001111'`, findings: ["number"], differs: true },
  ],
});

export const bitRules = table(
  "functions/bits",
  { pg: "functions-bitstring", tidb: "bit-functions-and-operators" },
  {
    ...comparisons(comparison),
    and: combined("&", "bitAnd"),
    or: combined("|", "bitOr"),
    "exclusive-or": combined("#", "bitXor", "^"),
    "get-bit": {
      calls: ["get_bit(bit, int4)"],
      tidb: ([bits, place], call) => {
        const length = lengthOf(bits, call);
        const at = call.integer(place);
        if (length === undefined) return undefined;
        if (at === undefined || at < 0 || at >= length) return call.refuse("get_bit() of a place that is no literal, or beyond the bits");
        return infix("bitAnd")`${infix("shift")`${number(bits)} >> ${raw(String(length - 1 - at))}`} & 1`;
      },
      why: "PostgreSQL counts bits from the left.",
      proofs: proofs("get_bit(b8, 0)", "get_bit(b8, 7)", "get_bit(b8, 2) = 1"),
    },
    "to-integer": {
      calls: ["bit::int4|int8"],
      tidb: ([bits], call) => {
        const length = lengthOf(bits, call);
        const size = call.result.name === "int4" ? 32 : 64;
        return length === undefined || length >= size ? undefined : tidb`CAST(${number(bits)} AS SIGNED)`;
      },
      proofs: proofs("b8::int", "b8::bigint + 1"),
    },
    "from-integer": {
      calls: ["int4|int8::bit"],
      tidb: ([x], call) => {
        const length = call.result.mods?.[0] ?? 1;
        if (length > 63) return call.refuse("a bit string beyond 63 bits");
        call.say("number");
        return infix("bitAnd")`${x} & ${mask(length)}`;
      },
      why: "PostgreSQL takes the last bits of the number, as they are in two's complement.",
      messages: { number: NUMBER },
      proofs: [
        { pg: "i4::bit(8)::int", findings: ["number"] },
        { pg: "i8::bit(40)::bigint", findings: ["number"] },
        { pg: "i4::bit(40)::bigint", findings: ["number"] },
        { pg: "i4::bit(8) = b8", findings: ["number"] },
        { pg: "i4::bit(3)", findings: ["number"], differs: true },
      ],
    },
    shift: {
      calls: ["<<(bit, int4)", ">>(bit, int4)"],
      tidb: ([bits, by], call) => {
        const length = lengthOf(bits, call);
        const places = call.integer(by);
        if (length === undefined) return undefined;
        if (places === undefined || places < 0) return call.refuse("a shift of bits by a number that is no literal");
        call.say("number");
        const moved = infix("shift")`${number(bits)} ${raw(call.signature.name)} ${raw(String(places))}`;
        return infix("bitAnd")`${moved} & ${mask(length)}`;
      },
      messages: { number: NUMBER },
      proofs: ["(b8 << 2) = B'10101000'", "(b8 >> 3) = B'00010101'"].map((pg) => ({ pg, findings: ["number"] })),
    },
    "to-text": {
      calls: ["bit::text|varchar|varbit"],
      tidb: ([bits], call) => {
        const length = lengthOf(bits, call);
        return length === undefined ? undefined : tidb`LPAD(BIN(${number(bits)}), ${raw(String(length))}, '0')`;
      },
      proofs: proofs("b8::text", "b8::varbit"),
    },
    "varying-to-text": { calls: ["varbit::text|varchar"], tidb: ([bits]) => tidb`${bits}`, proofs: proofs("vb::text", "vb || ''") },
    length: {
      calls: ["length(bit)"],
      tidb: ([bits], call) => {
        const length = lengthOf(bits, call);
        return length === undefined ? undefined : tidb`CASE WHEN ${bits} IS NOT NULL THEN ${raw(String(length))} END`;
      },
      proofs: proofs("length(b8)"),
    },
    "bit-count": { calls: ["bit_count(bit)"], tidb: ([bits]) => tidb`BIT_COUNT(${number(bits)})`, proofs: proofs("bit_count(b8)") },
    not: {
      calls: ["~(bit)"],
      tidb: ([bits], call) => {
        const length = lengthOf(bits, call);
        if (length === undefined) return undefined;
        call.say("number");
        return infix("bitXor")`${number(bits)} ^ ${mask(length)}`;
      },
      messages: { number: NUMBER },
      proofs: [{ pg: "(~b8) = B'01010101'", findings: ["number"] }],
    },
    concatenate: { calls: ["||(varbit, varbit)"], tidb: same("CONCAT"), proofs: proofs("vb || vb") },
  },
);
