import { type Call, proofs, raw, same, type Tidb, table, tidb, type Value, warning } from "../../src/rule.js";

const RANGE = warning("{function} beyond the last byte gives 0 or leaves the bytes as they are, where PostgreSQL raises an error", {
  help: "check the length before",
});

const range = (call: Call) => call.say("range", { function: `${call.signature.name}()` });

/** The byte at a place, counted from 0. */
const byteAt = (bytes: Value, place: Value | Tidb): Tidb => tidb`ASCII(SUBSTRING(${bytes}, ${place} + 1, 1))`;

const withByte = (bytes: Value, place: Value | Tidb, byte: Value | Tidb): Tidb =>
  tidb`CASE WHEN ${place} < LENGTH(${bytes}) THEN CONCAT(LEFT(${bytes}, ${place}), CHAR(${byte} & 255), SUBSTRING(${bytes}, ${place} + 2)) ELSE ${bytes} END`;

const told = (message: string, ...expressions: readonly string[]) => expressions.map((pg) => ({ pg, findings: [message] }));

export const byteRules = table(
  "functions/bytes",
  { pg: "functions-binarystring", tidb: "string-functions" },
  {
    "bit-count": {
      calls: ["bit_count(bytea)"],
      tidb: ([bytes]) => {
        const digits = [
          ["0", ""],
          ["[3569AC]", "11"],
          ["[7BDE]", "111"],
          ["F", "1111"],
        ] as const;
        const ones = digits.reduce(
          (text, [hex, bits]) => tidb`REGEXP_REPLACE(${text}, ${raw(`'${hex}'`)}, ${raw(`'${bits}'`)}, 1, 0, 'c')`,
          tidb`HEX(${bytes})`,
        );
        return tidb`CHAR_LENGTH(${ones})`;
      },
      why: "BIT_COUNT of TiDB counts 64 bits: each hexadecimal digit becomes as many characters as it has bits.",
      proofs: proofs("bit_count(y)", "bit_count('\\x0123456789abcdef'::bytea)", "bit_count(y || y || '\\xffffffffffffffffffff')"),
    },
    substring: {
      calls: ["substring(bytea, int4)", "substr(bytea, int4)", "substring(bytea, int4, int4)", "substr(bytea, int4, int4)"],
      tidb: ([bytes, from, count], call) => {
        const [at, length] = [call.integer(from), count === undefined ? undefined : call.integer(count)];
        if (at === undefined || at < 1 || (count !== undefined && (length === undefined || length < 0)))
          return call.refuse("a substring of bytes at a place that is no positive literal");
        return count === undefined ? tidb`SUBSTRING(${bytes}, ${from})` : tidb`SUBSTRING(${bytes}, ${from}, ${count})`;
      },
      proofs: proofs("substring(y from 2)", "substr(y, 1, 1)", "substring(y from 1 for 2)", "substr(y, 2, 0)"),
    },
    position: {
      calls: ["position(bytea, bytea)"],
      tidb: ([bytes, part]) => tidb`LOCATE(${part}, ${bytes})`,
      proofs: proofs("position('\\x61'::bytea in y)", "position('\\xff'::bytea in y)", "position('\\x'::bytea in y)"),
    },
    overlay: {
      calls: ["overlay(bytea, bytea, int4)", "overlay(bytea, bytea, int4, int4)"],
      tidb: ([bytes, part, from, count], call) => {
        const [at, length] = [call.integer(from), count === undefined ? undefined : call.integer(count)];
        if (at === undefined || at < 1 || (count !== undefined && (length === undefined || length < 0)))
          return call.refuse("overlay() at a place that is no positive literal");
        const rest = length === undefined ? tidb`${raw(String(at))} + LENGTH(${part})` : tidb`${raw(String(at + length))}`;
        return tidb`CONCAT(LEFT(${bytes}, ${raw(String(at - 1))}), ${part}, SUBSTRING(${bytes}, ${rest}))`;
      },
      proofs: proofs("overlay(y placing '\\x01' from 1)", "overlay(y placing y from 2 for 0)"),
    },
    trim: {
      calls: ["btrim(bytea, bytea)", "ltrim(bytea, bytea)", "rtrim(bytea, bytea)"],
      tidb: ([bytes, set], call) => {
        const side = { btrim: "BOTH", ltrim: "LEADING", rtrim: "TRAILING" }[call.signature.name]!;
        if (!/^\\x[0-9a-f]{2}$/i.test(call.text(set) ?? "")) return call.refuse("trimming bytes by more than one that is a literal");
        return tidb`TRIM(${raw(side)} ${set} FROM ${bytes})`;
      },
      proofs: proofs("btrim(y, '\\x61')", "ltrim(y, '\\x00')", "rtrim(y, '\\xff')"),
    },
    "get-byte": {
      calls: ["get_byte(bytea, int4)"],
      tidb: ([bytes, place], call) => {
        range(call);
        return byteAt(bytes, place);
      },
      messages: { range: RANGE },
      proofs: told("range", "get_byte(y, 0)", "get_byte(y, 1)", "get_byte(y || '\\x00ff10', 2)", "get_byte(y, i2)"),
    },
    "set-byte": {
      calls: ["set_byte(bytea, int4, int4)"],
      tidb: ([bytes, place, byte], call) => {
        range(call);
        return withByte(bytes, place, byte);
      },
      messages: { range: RANGE },
      proofs: told("range", "set_byte(y, 0, 1)", "set_byte(y || '\\x00ff', 1, 255)"),
    },
    "get-bit": {
      calls: ["get_bit(bytea, int8)"],
      tidb: ([bytes, place], call) => {
        range(call);
        return tidb`CAST(${byteAt(bytes, tidb`${place} DIV 8`)} >> (${place} % 8) & 1 AS SIGNED)`;
      },
      messages: { range: RANGE },
      proofs: told("range", "get_bit(y, 0)", "get_bit(y || '\\xa5c3', 9)"),
    },
    "set-bit": {
      calls: ["set_bit(bytea, int8, int4)"],
      tidb: ([bytes, place, bit], call) => {
        const known = call.integer(bit);
        if (known !== 0 && known !== 1) return call.refuse("set_bit() to what is neither 0 nor 1");
        range(call);
        const at = tidb`${place} DIV 8`;
        const mask = tidb`(1 << (${place} % 8))`;
        const byte = byteAt(bytes, at);
        return withByte(bytes, at, known === 1 ? tidb`(${byte} | ${mask})` : tidb`(${byte} & ~${mask})`);
      },
      messages: { range: RANGE },
      proofs: told("range", "set_bit(y || '\\xa5c3', 9, 1)", "set_bit(y || '\\xa5c3', 0, 0)"),
    },
    reverse: { calls: ["reverse(bytea)"], tidb: same("REVERSE"), proofs: proofs("reverse(y)") },
    crc32: { calls: ["crc32(bytea)"], tidb: same("CRC32"), proofs: proofs("crc32(y)", "crc32('abc')") },
    "to-bytes": {
      calls: ["convert_to(text, name)"],
      tidb: ([text, encoding], call) => {
        if (!UTF8.test(call.text(encoding) ?? "")) return call.refuse("convert_to() to another encoding than UTF8");
        return tidb`CAST(${text} AS BINARY)`;
      },
      proofs: proofs("convert_to(t, 'UTF8')", "encode(convert_to(t, 'utf-8'), 'base64')", "sha256(convert_to(t, 'UTF8'))"),
    },
    "from-bytes": {
      calls: ["convert_from(bytea, name)"],
      tidb: ([bytes, encoding], call) => {
        if (!UTF8.test(call.text(encoding) ?? "")) return call.refuse("convert_from() of another encoding than UTF8");
        call.say("invalid");
        return tidb`CONVERT(${bytes} USING utf8mb4)`;
      },
      messages: {
        invalid: warning("bytes that are no text in UTF-8 give NULL, where PostgreSQL raises an error", {
          help: "nothing to do where all bytes are text",
        }),
      },
      proofs: told("invalid", "convert_from(y, 'UTF8')", "convert_from(convert_to(t, 'UTF8'), 'UTF8')"),
    },
    "cast-from-text": {
      calls: ["text|varchar::bytea"],
      tidb: ([text], call) => {
        call.say("escapes");
        return tidb`CAST(${text} AS BINARY)`;
      },
      messages: {
        escapes: warning("a backslash in the text is taken as it is, where PostgreSQL reads escapes and raises an error for others", {
          help: "convert_to(text, 'UTF8') gives the bytes of a text in both",
        }),
      },
      proofs: [
        { pg: "v::bytea", findings: ["escapes"] },
        { pg: "encode((v || 'é')::bytea, 'hex')", findings: ["escapes"] },
        { pg: "t::bytea", findings: ["escapes"] },
        { pg: "replace('\\x61', 'x', v)::bytea", findings: ["escapes"], differs: true },
      ],
    },
    "cast-to-text": {
      calls: ["bytea::text|varchar"],
      tidb: ([bytes]) => tidb`CONCAT(${raw("'\\\\x'")}, LOWER(HEX(${bytes})))`,
      proofs: proofs("y::text", "t || y", "concat(y, '!')"),
    },
  },
);

const UTF8 = /^utf-?8$/i;
