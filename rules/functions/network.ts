import {
  addressKey,
  type Call,
  infix,
  isIpv6,
  maskLength,
  proofs,
  type Row,
  raw,
  type Tidb,
  table,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

/** The network of IPv4 that a literal is: its first bits as a number, and how many they are; undefined for what is none. */
function networkOf(node: Value, call: Call): { readonly bits: number; readonly length: number } | undefined {
  const [, a, b, c, d, length = "32"] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(call.text(node) ?? "") ?? [];
  if (d === undefined || Number(length) > 32) return undefined;
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  return { bits: Math.floor(address / 2 ** (32 - Number(length))), length: Number(length) };
}

/** All bits of an address as hexadecimal digits: 8 of IPv4, 32 of IPv6. */
const digits = (ip: Value): Tidb => tidb`HEX(INET6_ATON(SUBSTRING_INDEX(${ip}, '/', 1)))`;

/** Whether two addresses are the same in so many first bits: whole hexadecimal digits, and what is left of one. */
function sharing(a: Value, b: Value, length: Tidb): Tidb {
  const first = (ip: Value) => tidb`LEFT(${digits(ip)}, ${length} DIV 4)`;
  const rest = (ip: Value) => tidb`CONV(CONCAT('0', SUBSTRING(${digits(ip)}, ${length} DIV 4 + 1, 1)), 16, 10) >> (4 - ${length} % 4)`;
  return tidb`(${first(a)} = ${first(b)} AND ${rest(a)} = ${rest(b)})`;
}

/** Whether the one network holds the other, or they have a part in common: of the same family, and the same in the bits of the shorter mask. */
function held(a: Value, b: Value, length: (a: Tidb, b: Tidb) => Tidb, more: string | undefined): Tidb {
  const [one, other] = [tidb`(${maskLength(a)})`, tidb`(${maskLength(b)})`];
  const same = sharing(a, b, length(one, other));
  const inside = more === undefined ? same : tidb`${same} AND ${one} ${raw(more)} ${other}`;
  return tidb`CASE WHEN ${isIpv6(a)} <> ${isIpv6(b)} THEN FALSE ELSE ${inside} END`;
}

const holding = (sign: string, length: (a: Tidb, b: Tidb) => Tidb, more: string | undefined, ...pg: readonly string[]): Row => ({
  calls: [`${sign}(inet, inet)`],
  tidb: ([a, b]) => held(a, b, length, more),
  proofs: proofs(...pg),
});

const within = (sign: string, more: string): Row => ({
  calls: [`${sign}(inet, inet)`],
  tidb: ([ip, network], call) => {
    const found = networkOf(network, call);
    if (!found) return held(ip, network, (_, other) => other, more);
    const same = tidb`INET_ATON(SUBSTRING_INDEX(${ip}, '/', 1)) >> ${raw(String(32 - found.length))} = ${raw(String(found.bits))}`;
    const length = tidb`${maskLength(ip)} ${raw(more)} ${raw(String(found.length))}`;
    return tidb`CASE WHEN ${isIpv6(ip)} THEN FALSE ELSE ${same} AND ${length} END`;
  },
  why: "The first bits of the address are those of the network.",
  proofs: proofs(
    `ip ${sign} ipb`,
    `ip ${sign} '::/0'`,
    `'2001:db8:0:1::/64'::inet ${sign} ip`,
    `ip ${sign} '2001:db8::/31'`,
    `ip ${sign} '10.0.0.0/9'`,
  ),
  examples: [
    {
      given: "CREATE TABLE h (ip inet)",
      pg: `SELECT ip ${sign} '10.0.0.0/8' FROM h`,
      tidb: `SELECT\n  CASE WHEN INSTR(ip, ':') > 0 THEN FALSE ELSE (INET_ATON(SUBSTRING_INDEX(ip, '/', 1)) >> 24 = 10) AND (CASE WHEN INSTR(ip, '/') > 0 THEN CAST(SUBSTRING_INDEX(ip, '/', -1) AS SIGNED) WHEN INSTR(ip, ':') > 0 THEN 128 WHEN ip IS NOT NULL THEN 32 END ${more} 8) END\nFROM h`,
    },
  ],
});

const ordered = (sign: string): Row => ({
  calls: [`${sign}(inet, inet)`],
  tidb: ([one, other]) => infix("comparison")`${addressKey(one)} ${raw(sign)} ${addressKey(other)}`,
  why: "Addresses are compared by family, then by the bits of their networks.",
  proofs: proofs(`ip ${sign} ipb`, `ip ${sign} '100.0.0.0'`, `ip ${sign} '192.168.1.0/24'`, `'::2' ${sign} ip`),
});

const IPV6 = warning("of an address of IPv6 this is NULL: TiDB computes with 64 bits", {
  help: "nothing to do where addresses are of IPv4; else compute in the application",
});
const SPELT = warning("an address of IPv6 whose first 96 bits are 0 is spelt otherwise: ::102:304 for ::1.2.3.4", {
  help: "nothing to do where there are no such addresses: they were given up with RFC 4291",
});

/** An address of IPv4 as a number; NULL for one of IPv6, which INET_ATON may refuse (error 1411). */
const bits = (ip: Value): Tidb => tidb`INET_ATON(CASE WHEN INSTR(${ip}, ':') = 0 THEN SUBSTRING_INDEX(${ip}, '/', 1) END)`;
/** The address of which these are the bits, further digits being left away, or those that lack being filled up. */
const address = (hex: Tidb, size: Tidb, filled: "0" | "F"): Tidb => tidb`INET6_NTOA(UNHEX(RPAD(${hex}, ${size}, ${raw(`'${filled}'`)})))`;
/** How many digits are the network's alone, and how many bits of the next one. */
const whole = (ip: Value): Tidb => tidb`(${maskLength(ip)}) DIV 4`;
const begun = (ip: Value): Tidb => tidb`(${maskLength(ip)}) % 4`;
/** The digit in which the network ends, as a number. */
const ending = (ip: Value): Tidb => tidb`CONV(SUBSTRING(${digits(ip)}, ${whole(ip)} + 1, 1), 16, 10)`;

/** Bits of addresses computed 64 by 64. */
const halves = (size: Tidb, compute: (half: (ip: Value) => Tidb) => Tidb): Tidb => {
  const [high, low] = ["LEFT", "RIGHT"].map((side) =>
    compute((ip) => tidb`CAST(CONV(${raw(side)}(LPAD(${digits(ip)}, 32, '0'), 16), 16, 10) AS UNSIGNED)`),
  );
  return tidb`INET6_NTOA(UNHEX(RIGHT(CONCAT(LPAD(HEX(${high!}), 16, '0'), LPAD(HEX(${low!}), 16, '0')), ${size})))`;
};
/** How many digits two addresses of one family have. */
const sizeOfBoth = (a: Value, b: Value): Tidb =>
  tidb`CASE WHEN CHAR_LENGTH(${digits(a)}) = CHAR_LENGTH(${digits(b)}) THEN CHAR_LENGTH(${digits(a)}) END`;
/** The mask of an address as its text has it. */
const suffix = (ip: Value): Tidb => tidb`CASE WHEN INSTR(${ip}, '/') > 0 THEN CONCAT('/', SUBSTRING_INDEX(${ip}, '/', -1)) ELSE '' END`;
/** The longer of two masks, as the text of an address has it. */
const longerMask = (a: Value, b: Value): Tidb =>
  tidb`CASE WHEN GREATEST(${maskLength(a)}, ${maskLength(b)}) = CASE WHEN ${isIpv6(a)} THEN 128 ELSE 32 END THEN '' ELSE CONCAT('/', GREATEST(${maskLength(a)}, ${maskLength(b)})) END`;
/** How many bits two addresses of IPv4 have in common from the first on. */
const common = (a: Value, b: Value): Tidb =>
  tidb`(32 - CASE ${bits(a)} ^ ${bits(b)} WHEN 0 THEN 0 ELSE CHAR_LENGTH(BIN(${bits(a)} ^ ${bits(b)})) END)`;

/** A computation over addresses of IPv4. */
const counted = (calls: readonly string[], write: (a: Value, b: Value) => Tidb, ...pg: readonly string[]): Row => ({
  calls,
  tidb: ([a, b], call) => {
    call.say("ipv6");
    return write(a, b);
  },
  messages: { ipv6: IPV6 },
  proofs: pg.map((each) => ({ pg: each, findings: ["ipv6"], ...(each.includes("'") ? {} : { differs: true as const }) })),
});

/**
 * A computation over the bits of addresses.
 * @param otherwise what it spells in another way
 */
const computed = (calls: readonly string[], write: (a: Value, b: Value) => Tidb, otherwise: string, ...pg: readonly string[]): Row => ({
  calls,
  tidb: ([a, b], call) => {
    call.say("spelt");
    return write(a, b);
  },
  messages: { spelt: SPELT },
  proofs: [...pg.map((each) => ({ pg: each, findings: ["spelt"] })), { pg: otherwise, findings: ["spelt"], differs: true }],
});

const shown = (pg: string, expression: string) => [{ given: "CREATE TABLE h (ip inet)", pg: `SELECT ${pg} AS x FROM h`, tidb: expression }];

export const networkRules = table(
  "functions/network",
  { pg: "functions-net", tidb: "miscellaneous-functions" },
  {
    host: {
      calls: ["host(inet)"],
      tidb: ([ip]) => tidb`SUBSTRING_INDEX(${ip}, '/', 1)`,
      proofs: [],
      examples: shown("host(ip)", "SELECT SUBSTRING_INDEX(ip, '/', 1) AS x FROM h"),
    },
    "mask-length": {
      calls: ["masklen(inet)"],
      tidb: ([ip]) => maskLength(ip),
      proofs: [],
      examples: shown(
        "masklen(ip)",
        "SELECT\n  CASE WHEN INSTR(ip, '/') > 0 THEN CAST(SUBSTRING_INDEX(ip, '/', -1) AS SIGNED) WHEN INSTR(ip, ':') > 0 THEN 128 WHEN ip IS NOT NULL THEN 32 END AS x\nFROM h",
      ),
    },
    family: {
      calls: ["family(inet)"],
      tidb: ([ip]) => tidb`CASE WHEN ${isIpv6(ip)} THEN 6 WHEN ${ip} IS NOT NULL THEN 4 END`,
      proofs: [],
      examples: shown("family(ip)", "SELECT CASE WHEN INSTR(ip, ':') > 0 THEN 6 WHEN ip IS NOT NULL THEN 4 END AS x FROM h"),
    },
    "to-text": {
      calls: ["inet|cidr::text|varchar", "abbrev(inet)"],
      tidb: ([ip], call) =>
        call.signature.name === "abbrev"
          ? tidb`${ip}`
          : tidb`CASE WHEN INSTR(${ip}, '/') > 0 THEN ${ip} ELSE CONCAT(${ip}, CASE WHEN ${isIpv6(ip)} THEN '/128' ELSE '/32' END) END`,
      why: "The text of an inet always has its mask.",
      proofs: [],
      examples: shown(
        "ip::text",
        "SELECT\n  CASE WHEN INSTR(ip, '/') > 0 THEN ip ELSE CONCAT(ip, CASE WHEN INSTR(ip, ':') > 0 THEN '/128' ELSE '/32' END) END AS x\nFROM h",
      ),
    },
    "cidr-to-inet": {
      calls: ["cidr::inet"],
      tidb: ([network]) =>
        tidb`CASE WHEN ${isIpv6(network)} THEN TRIM(TRAILING '/128' FROM ${network}) ELSE TRIM(TRAILING '/32' FROM ${network}) END`,
      why: "Both are PostgreSQL's text of them, a network always with its mask, an address without one of all its bits.",
      proofs: proofs(
        "'10.1.0.0/16'::cidr::inet",
        "'10.1.0.0/32'::cidr::inet",
        "'2001:db8::/32'::cidr::inet",
        "'2001:db8::1/128'::cidr::inet",
        "masklen('10.1.0.0/16'::cidr)",
        "'10.1.0.0/16'::cidr = ip",
        "'10.1.2.3/32'::cidr = ip",
      ),
    },
    "text-to-inet": {
      calls: ["text|varchar::inet"],
      tidb: ([text], call) => {
        call.say("unchecked");
        return tidb`REGEXP_REPLACE(LOWER(TRIM(${text})), '^([0-9.]+)/32$', '\\1')`;
      },
      messages: {
        unchecked: warning("text that is no address stays as it is, where PostgreSQL raises an error or writes it in its own way", {
          help: "pass addresses as PostgreSQL writes them: ::1, and not 0:0:0:0:0:0:0:1",
        }),
      },
      proofs: [
        { pg: "host(ip)::inet", findings: ["unchecked"] },
        { pg: "(host(ip) || '/32')::inet = ip", findings: ["unchecked"], differs: true },
      ],
    },
    "mac-to-text": {
      calls: ["macaddr|macaddr8::text|varchar"],
      tidb: ([address]) => tidb`${address}`,
      proofs: proofs("'08:00:2b:01:02:03'::macaddr::text"),
    },
    less: ordered("<"),
    "less-or-equal": ordered("<="),
    greater: ordered(">"),
    "greater-or-equal": ordered(">="),
    network: computed(
      ["network(inet)", "cidr(inet)", "inet::cidr"],
      (ip) => {
        const rest = tidb`(4 - ${begun(ip)})`;
        const hex = tidb`CONCAT(LEFT(${digits(ip)}, ${whole(ip)}), HEX(${ending(ip)} >> ${rest} << ${rest}))`;
        return tidb`CONCAT(${address(hex, tidb`CHAR_LENGTH(${digits(ip)})`, "0")}, '/', ${maskLength(ip)})`;
      },
      "network('::1.2.3.4/112')",
      "network(ip)",
      "network(ipb)",
      "network('192.168.1.77/26')",
      "network('2001:db8:ffff:ffff::1/45')",
      "network('2001:db8:ffff::1/0')",
      "ip::cidr",
      "cidr(ip)",
    ),
    broadcast: computed(
      ["broadcast(inet)"],
      (ip) => {
        const hex = tidb`CONCAT(LEFT(${digits(ip)}, ${whole(ip)}), HEX(${ending(ip)} | 15 >> ${begun(ip)}))`;
        return tidb`CONCAT(${address(hex, tidb`CHAR_LENGTH(${digits(ip)})`, "F")}, ${suffix(ip)})`;
      },
      "broadcast('::1.2.3.4/112')",
      "broadcast(ip)",
      "broadcast(ipb)",
      "broadcast('192.168.1.5/24')",
      "broadcast('192.168.1.5/27')",
      "broadcast('2001:db8::1/45')",
      "broadcast('::/0')",
    ),
    netmask: {
      calls: ["netmask(inet)"],
      tidb: ([ip]) => {
        const hex = tidb`CONCAT(REPEAT('F', ${whole(ip)}), HEX(15 << (4 - ${begun(ip)}) & 15))`;
        return address(hex, tidb`CHAR_LENGTH(${digits(ip)})`, "0");
      },
      proofs: proofs("netmask(ip)", "netmask('192.168.1.5/24')", "netmask('10.0.0.1/0')", "netmask('2001:db8::1/33')", "netmask('::/0')"),
    },
    hostmask: computed(
      ["hostmask(inet)"],
      (ip) => {
        const hex = tidb`CONCAT(REPEAT('0', ${whole(ip)}), HEX(15 >> ${begun(ip)}))`;
        return address(hex, tidb`CHAR_LENGTH(${digits(ip)})`, "F");
      },
      "hostmask('2001:db8::1/100')",
      "hostmask(ip)",
      "hostmask('192.168.23.20/30')",
      "hostmask('2001:db8::1/33')",
      "hostmask('2001:db8::1/128')",
    ),
    not: computed(
      ["~(inet)"],
      (ip) => tidb`CONCAT(${halves(tidb`CHAR_LENGTH(${digits(ip)})`, (half) => tidb`~${half(ip)}`)}, ${suffix(ip)})`,
      "~'ffff:ffff:ffff:ffff:ffff:ffff:fefd:fcfb'::inet",
      "~ip",
      "~'192.168.1.6'::inet",
      "~'2001:db8::7:1/64'::inet",
    ),
    and: computed(
      ["&(inet, inet)"],
      (a, b) => tidb`CONCAT(${halves(sizeOfBoth(a, b), (half) => tidb`${half(a)} & ${half(b)}`)}, ${longerMask(a, b)})`,
      "'::1.2.3.4/112'::inet & ip",
      "ip & ip",
      "'192.168.1.6'::inet & '0.0.0.255'",
      "'2001:db8::7:1/64'::inet & 'ffff:ff::'",
      "'255.255.255.255'::inet & netmask('10.0.0.1/9')",
    ),
    or: computed(
      ["|(inet, inet)"],
      (a, b) => tidb`CONCAT(${halves(sizeOfBoth(a, b), (half) => tidb`${half(a)} | ${half(b)}`)}, ${longerMask(a, b)})`,
      "'::1.2.3.4/112'::inet | '::1'",
      "ip | ip",
      "'192.168.1.6/16'::inet | '0.0.0.255'",
      "'2001:db8::7:1/64'::inet | '::ffff:ffff'",
    ),
    plus: counted(
      ["+(inet, int8)"],
      (ip, n) => tidb`CONCAT(INET_NTOA(${bits(ip)} + ${n}), ${suffix(ip)})`,
      "ip + 25",
      "'192.168.1.6'::inet + 25",
    ),
    minus: counted(
      ["-(inet, int8)"],
      (ip, n) => tidb`CONCAT(INET_NTOA(${bits(ip)} - ${n}), ${suffix(ip)})`,
      "ip - 36",
      "'192.168.1.43/24'::inet - 36",
    ),
    difference: counted(
      ["-(inet, inet)"],
      (a, b) => tidb`CAST(${bits(a)} AS SIGNED) - CAST(${bits(b)} AS SIGNED)`,
      "ip - ipb",
      "'192.168.1.43'::inet - '192.168.1.19'",
    ),
    merge: counted(
      ["inet_merge(inet, inet)"],
      (a, b) => {
        const length = tidb`LEAST(${maskLength(a)}, ${maskLength(b)}, ${common(a, b)})`;
        const rest = tidb`(32 - ${length})`;
        return tidb`CONCAT(INET_NTOA(${bits(a)} >> ${rest} << ${rest}), '/', ${length})`;
      },
      "inet_merge('192.168.1.5/24', '192.168.2.5/24')",
      "inet_merge('10.1.2.3', '10.1.2.3')",
    ),
    "same-family": {
      calls: ["inet_same_family(inet, inet)"],
      tidb: ([a, b]) => infix("comparison")`(${isIpv6(a)}) = (${isIpv6(b)})`,
      proofs: proofs("inet_same_family(ip, ipb)", "inet_same_family(ip, '::1')"),
    },
    "set-mask": {
      calls: ["set_masklen(inet, int4)"],
      tidb: ([ip, length], call) => {
        if (call.own(ip).name === "cidr") return call.refuse("set_masklen() of a cidr");
        const host = tidb`SUBSTRING_INDEX(${ip}, '/', 1)`;
        return tidb`CONCAT(${host}, CASE WHEN ${length} = CASE WHEN ${isIpv6(ip)} THEN 128 ELSE 32 END THEN '' ELSE CONCAT('/', ${length}) END)`;
      },
      proofs: proofs("set_masklen(ip, 16)", "set_masklen('192.168.1.5/24'::inet, 32)"),
    },
    "mac-order": {
      calls: ["<", "<=", ">", ">="].map((sign) => `${sign}(macaddr, macaddr)`),
      tidb: ([a, b], call) => infix("comparison")`${a} ${raw(call.signature.name)} ${b}`,
      why: "Both are texts of the same length, in lower case.",
      proofs: proofs(
        "macaddr '08-00-2b-01-02-03' < '08:00:2B:01:02:04'",
        "'0800.2b01.0203'::macaddr >= '08002b010203'",
        "'a8002b:010203'::macaddr > '9f002b-010203'",
      ),
    },
    "mac-trunc": {
      calls: ["trunc(macaddr)"],
      tidb: ([mac]) => tidb`CONCAT(LEFT(${mac}, 8), ':00:00:00')`,
      proofs: proofs("trunc(macaddr '12:34:56:78:90:AB')"),
    },
    extreme: {
      calls: ["max(inet)", "min(inet)"],
      tidb: ([ip], call) => {
        const keyed = tidb`CONCAT(${addressKey(ip)}, ' ', ${ip})`;
        const kept = call.filter === undefined ? keyed : tidb`CASE WHEN ${call.filter} THEN ${keyed} END`;
        return tidb`SUBSTRING_INDEX(${raw(call.signature.name.toUpperCase())}(${kept})${call.over}, ' ', -1)`;
      },
      why: "What an address is sorted by stands before it.",
      proofs: proofs("max(ip)", "min(ip)", "max(ipb) FILTER (WHERE b)"),
    },
    containing: holding(">>", (a) => a, "<", "ip >> ipb", "'192.168.1.0/24'::inet >> '192.168.1.5'"),
    "containing-or-equal": holding(">>=", (a) => a, "<=", "ip >>= ipb", "'192.168.1.0/24'::inet >>= ip"),
    overlaps: holding("&&", (a, b) => tidb`LEAST(${a}, ${b})`, undefined, "ip && ipb", "'192.168.1.0/24'::inet && '192.168.1.80/28'"),
    "contained-or-equal": within("<<=", ">="),
    contained: within("<<", ">"),
  },
);
