import {
  as,
  bitLength,
  type Call,
  comparisons,
  infix,
  note,
  proofs,
  type Row,
  raw,
  same,
  type Tidb,
  table,
  tidb,
  type Value,
} from "../../src/rule.js";

/** Its type before it is made varbit or bit to meet another; of a cast the one that is asked for. */
const ownType = (value: Value, call: Call) => (/^(?:var)?bit$/.test(call.own(value).name) ? call.own(value) : call.type(value));

function lengthOf(value: Value, call: Call): number | undefined {
  const known = bitLength(value, (each) => ownType(each, call));
  return known ?? call.refuse("a bit string whose length is not known, or beyond 63 bits");
}

/** Functions whose bits are as many as their arguments tell. */
const CUT = new Set(["substring", "overlay"]);

/** Whether TiDB has the bits as a text: those of no fixed length. */
function isText(value: Value, call: Call): boolean {
  const { name, lexpr, rexpr } = as("A_Expr", value) ?? {};
  const side = lexpr ?? rexpr;
  if (side !== undefined && /^(?:~|<<|>>)$/.test(String(name?.at(-1)))) return isText(side, call);
  return ownType(value, call).name === "varbit" || CUT.has(String(as("FuncCall", value)?.funcname?.at(-1)));
}

/** The most bits that substring() gives. */
const cutTo = (value: Value, call: Call): number | undefined => {
  const { funcname, args } = as("FuncCall", value) ?? {};
  return funcname?.at(-1) === "substring" && args?.[2] !== undefined ? call.integer(args[2]) : undefined;
};

/** The text of a bit string. */
function textOf(value: Value, call: Call): Tidb | undefined {
  const literal = as("A_Const", value)?.bsval;
  const written = as("A_Const", value)?.sval;
  if (written !== undefined && /^[01]+$/.test(written)) return tidb`${raw(`'${written}'`)}`;
  if (literal?.[0] === "b") return tidb`${raw(`'${literal.slice(1)}'`)}`;
  if (isText(value, call)) return tidb`${value}`;
  const length = lengthOf(value, call);
  return length === undefined ? undefined : tidb`LPAD(BIN(${number(value)}), ${raw(String(length))}, '0')`;
}

/** Digits of base 2 as a number. */
const counted = (digits: Tidb): Tidb => tidb`CAST(CONV(${digits}, 2, 10) AS UNSIGNED)`;

const number = (value: Value): Tidb => tidb`CAST(${value} AS UNSIGNED)`;
const mask = (length: number) => raw(String(2n ** BigInt(length) - 1n));

const NUMBER = note("the bits are a number here, as those of a BIT column are");

const comparison = (sign: string): Row => ({
  calls: [`${sign}(bit, bit)`, `${sign}(varbit, varbit)`],
  tidb: ([one, other], call) => {
    // Texts of bits are sorted as PostgreSQL sorts them.
    if (call.signature.args[0] === "varbit") return infix("comparison")`${one} ${raw(sign)} ${other}`;
    if (isText(one, call) || isText(other, call) || lengthOf(one, call) !== lengthOf(other, call)) {
      const [a, b] = [textOf(one, call), textOf(other, call)];
      return a && b && infix("comparison")`${a} ${raw(sign)} ${b}`;
    }
    return infix("comparison")`${number(one)} ${raw(sign)} ${number(other)}`;
  },
  proofs: proofs(
    `b8 ${sign} B'10101010'`,
    `b8 ${sign} b8`,
    `vb ${sign} B'101'::varbit`,
    `b8 ${sign} B'1010'`,
    `b8 ${sign} '10101010'`,
    `b8 ${sign} '1010'`,
    `B'101' ${sign} B'11'`,
  ),
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
    { pg: `b8 ${sign} B'00001111'`, findings: ["number"] },
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
        const size = call.result.name === "int4" ? 32 : 64;
        if ((cutTo(bits, call) ?? size) < size) return tidb`CAST(${counted(tidb`CONCAT('0', ${bits})`)} AS SIGNED)`;
        const length = lengthOf(bits, call);
        return length === undefined || length >= size ? undefined : tidb`CAST(${number(bits)} AS SIGNED)`;
      },
      proofs: proofs("b8::int", "b8::bigint + 1", "substring(b8 from 2 for 3)::int", "substring(vb from 1 for 2)::bigint"),
    },
    resize: {
      calls: ["bit::bit"],
      tidb: ([bits], call) => {
        const [length, wanted] = [lengthOf(bits, call), call.result.mods?.[0] ?? 1];
        if (length === undefined) return undefined;
        if (wanted > 63) return call.refuse("a bit string beyond 63 bits");
        call.say("number");
        const sign = raw(wanted < length ? ">>" : "<<");
        return infix("shift")`${number(bits)} ${sign} ${raw(String(Math.abs(wanted - length)))}`;
      },
      why: "Bits are cut, and filled up with zeros, on the right.",
      messages: { number: NUMBER },
      proofs: ["b8::bit(4)", "b8::bit(12)", "X'1F'::bit(8)", "X'1F'::bit(3)", "b8::bit(5)::int", "b8::bit(63)", "b8::bit"].map((pg) => ({
        pg,
        findings: ["number"],
      })),
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
        { pg: "i4::bit(3)", findings: ["number"] },
      ],
    },
    shift: {
      calls: ["<<(bit, int4)", ">>(bit, int4)"],
      tidb: ([bits, by], call) => {
        const isLeft = call.signature.name === "<<";
        const places = call.integer(by);
        if (isText(bits, call)) {
          if (places === undefined || places < 0)
            return call.refuse("a shift of bits of any length by a number that is no positive literal");
          const size = tidb`CHAR_LENGTH(${bits})`;
          return isLeft
            ? tidb`RPAD(SUBSTRING(${bits}, ${raw(String(places + 1))}), ${size}, '0')`
            : tidb`LEFT(CONCAT(REPEAT('0', ${raw(String(places))}), ${bits}), ${size})`;
        }
        const length = lengthOf(bits, call);
        if (length === undefined) return undefined;
        call.say("number");
        const left = (n: Value | Tidb) => infix("bitAnd")`${infix("shift")`${number(bits)} << ${n}`} & ${mask(length)}`;
        const right = (n: Value | Tidb) => infix("shift")`${number(bits)} >> ${n}`;
        const [there, back] = isLeft ? [left, right] : [right, left];
        if (places === undefined) return tidb`CASE WHEN ${by} < 0 THEN ${back(tidb`(-${by})`)} ELSE ${there(by)} END`;
        return places < 0 ? back(tidb`${raw(String(-places))}`) : there(by);
      },
      why: "By a negative number bits are moved the other way.",
      messages: { number: NUMBER },
      proofs: [
        ...[
          "(b8 << 2) = B'10101000'",
          "(b8 >> 3) = B'00010101'",
          "b8 << 9",
          "b8 << i2 % 10",
          "b8 >> i2 % 10",
          "B'1011' << 1",
          "b8 << -1",
        ].map((pg) => ({ pg, findings: ["number"] })),
        ...proofs("vb << 1", "vb >> 1", "vb << 100", "vb >> 100", "vb::text || (vb << 2)::text", "length(vb << 0)"),
      ],
    },
    substring: {
      calls: ["substring(bit, int4)", "substring(bit, int4, int4)"],
      tidb: ([bits, from, size], call) => {
        const [start, count] = [call.integer(from), size === undefined ? undefined : call.integer(size)];
        if (start === undefined || start < 1 || (size !== undefined && (count === undefined || count < 0)))
          return call.refuse("substring() of bits at a place or of a length that is no positive literal");
        const text = textOf(bits, call);
        return text && (count === undefined ? tidb`SUBSTRING(${text}, ${from})` : tidb`SUBSTRING(${text}, ${from}, ${size})`);
      },
      proofs: proofs(
        "substring(b8 from 2 for 3)",
        "substring(b8 from 7)",
        "substring(b8, 7, 9)",
        "substring(b8 from 9)",
        "substring(vb from 2)",
        "substring(vb from 1 for 0)",
        "substring(b8 from 2 for 3) = B'010'",
        "length(substring(b8 from 3))",
        "substring(b8 from 2 for 3)::text",
        "substring(substring(b8 from 2) from 2 for 2)",
      ),
    },
    overlay: {
      calls: ["overlay(bit, bit, int4)", "overlay(bit, bit, int4, int4)"],
      tidb: ([bits, part, from, size], call) => {
        const [start, count] = [call.integer(from), size === undefined ? undefined : call.integer(size)];
        if (start === undefined || start < 1 || (size !== undefined && (count === undefined || count < 0)))
          return call.refuse("overlay() of bits at a place or of a length that is no positive literal");
        const [text, other] = [textOf(bits, call), textOf(part, call)];
        if (!text || !other) return undefined;
        const next = count === undefined ? tidb`${from} + CHAR_LENGTH(${other})` : raw(String(start + count));
        return tidb`CONCAT(LEFT(${text}, ${raw(String(start - 1))}), ${other}, SUBSTRING(${text}, ${next}))`;
      },
      proofs: proofs(
        "overlay(b8 placing B'11' from 3)",
        "overlay(b8 placing B'11' from 3 for 1)",
        "overlay(b8 placing B'11' from 9)",
        "overlay(vb placing B'0' from 2 for 0)",
        "length(overlay(b8 placing vb from 2))",
      ),
    },
    "to-text": {
      calls: ["bit::text|varchar|varbit"],
      tidb: ([bits], call) => {
        const [text, size] = [textOf(bits, call), call.result.mods?.[0]];
        return size === undefined ? text : text && tidb`LEFT(${text}, ${raw(String(size))})`;
      },
      proofs: proofs(
        "b8::varbit(3)",
        "b8::varchar(2)",
        "'101'::bit(5)",
        "'10101'::bit(3)",
        "'1110'::bit(4)::integer",
        "b8::text",
        "b8::varbit",
        "B'101'::text",
        "b8 || B'11'",
        "vb || b8",
        "vb || B'1'",
        "B'1' || B'01'",
      ),
    },
    "varying-to-bits": {
      calls: ["varbit::bit"],
      tidb: ([bits], call) => {
        const length = call.result.mods?.[0];
        if (length === undefined) return tidb`${bits}`;
        if (length > 63) return call.refuse("a bit string beyond 63 bits");
        call.say("number");
        return counted(tidb`RPAD(${bits}, ${raw(String(length))}, '0')`);
      },
      why: "Functions of bits take those of any length by their text.",
      messages: { number: NUMBER },
      proofs: [
        ...proofs("length(vb) + 1"),
        ...["vb::bit(4)", "vb::bit(63)", "vb::bit(4)::int", "vb::bit(8) = b8"].map((pg) => ({ pg, findings: ["number"] })),
      ],
    },
    "varying-to-text": {
      calls: ["varbit::text|varchar|varbit"],
      tidb: ([bits], call) => {
        const size = call.result.mods?.[0];
        return size === undefined ? tidb`${bits}` : tidb`LEFT(${bits}, ${raw(String(size))})`;
      },
      proofs: proofs("vb::varchar(2)", "vb::text", "vb || ''"),
    },
    "set-bit": {
      calls: ["set_bit(bit, int4, int4)"],
      tidb: ([bits, place, value], call) => {
        const [length, at, bit] = [lengthOf(bits, call), call.integer(place), call.integer(value)];
        if (length === undefined) return undefined;
        if (at === undefined || at < 0 || at >= length || (bit !== 0 && bit !== 1))
          return call.refuse("set_bit() of a place or a value that is no literal, or beyond the bits");
        call.say("number");
        const one = raw(String(2n ** BigInt(length - 1 - at)));
        const set = infix("bitOr")`${number(bits)} | ${one}`;
        return bit === 1 ? set : infix("bitXor")`(${set}) ^ ${one}`;
      },
      messages: { number: NUMBER },
      proofs: ["set_bit(b8, 0, 0)", "set_bit(b8, 7, 1)", "set_bit(b8, 3, 1) = b8"].map((pg) => ({ pg, findings: ["number"] })),
    },
    aggregate: {
      calls: ["bit_and(bit)", "bit_or(bit)", "bit_xor(bit)"],
      tidb: ([bits], call) => {
        if (lengthOf(bits, call) === undefined) return undefined;
        if (call.distinct.raw !== "" || call.over.raw !== "") return call.refuse("an aggregate of bits with DISTINCT or OVER");
        call.say("number");
        const kept = tidb`${call.filtered(bits)}`;
        return tidb`CASE WHEN COUNT(${kept}) > 0 THEN ${raw(call.signature.name.toUpperCase())}(CAST(${kept} AS UNSIGNED)) END`;
      },
      why: "Of no bits TiDB's give all ones or zeros, PostgreSQL's NULL.",
      messages: { number: NUMBER },
      proofs: ["bit_and(b8)", "bit_or(b8)", "bit_xor(b8)", "bit_or(b8) FILTER (WHERE false)"].map((pg) => ({ pg, findings: ["number"] })),
    },
    position: {
      calls: ["position(bit, bit)"],
      tidb: ([bits, part], call) => {
        const [text, found] = [textOf(bits, call), textOf(part, call)];
        return text && found && tidb`LOCATE(${found}, ${text})`;
      },
      proofs: proofs("position(B'11' IN b8)", "position(B'0001' IN b8)", "position(B'01' IN vb)"),
    },
    sizes: {
      calls: ["bit_length(bit)", "octet_length(bit)"],
      tidb: ([bits], call) => {
        const text = textOf(bits, call);
        if (!text) return undefined;
        const length = tidb`CHAR_LENGTH(${text})`;
        return call.signature.name === "bit_length" ? length : infix("multiplicative")`(${length} + 7) DIV 8`;
      },
      proofs: proofs("bit_length(b8)", "octet_length(b8)", "octet_length(vb)", "bit_length(vb)"),
    },
    length: {
      calls: ["length(bit)"],
      tidb: ([bits], call) => {
        const length = bitLength(bits, (each) => ownType(each, call));
        if (length !== undefined) return tidb`CASE WHEN ${bits} IS NOT NULL THEN ${raw(String(length))} END`;
        const text = textOf(bits, call);
        return text && tidb`CHAR_LENGTH(${text})`;
      },
      proofs: proofs("length(b8)", "length(vb)", "length(B'0101')"),
    },
    "bit-count": {
      calls: ["bit_count(bit)"],
      tidb: ([bits], call) => {
        if (bitLength(bits, (each) => ownType(each, call)) !== undefined) return tidb`BIT_COUNT(${number(bits)})`;
        const text = textOf(bits, call);
        return text && tidb`CHAR_LENGTH(REPLACE(${text}, '0', ''))`;
      },
      proofs: proofs("bit_count(b8)", "bit_count(vb)", "bit_count(B'0101')"),
    },
    not: {
      calls: ["~(bit)"],
      tidb: ([bits], call) => {
        if (isText(bits, call)) return tidb`REPLACE(REPLACE(REPLACE(${bits}, '0', '2'), '1', '0'), '2', '1')`;
        const length = lengthOf(bits, call);
        if (length === undefined) return undefined;
        call.say("number");
        return infix("bitXor")`${number(bits)} ^ ${mask(length)}`;
      },
      messages: { number: NUMBER },
      proofs: [{ pg: "(~b8) = B'01010101'", findings: ["number"] }, ...proofs("~vb", "length(~vb)")],
    },
    concatenate: { calls: ["||(varbit, varbit)"], tidb: same("CONCAT"), proofs: proofs("vb || vb") },
  },
);
