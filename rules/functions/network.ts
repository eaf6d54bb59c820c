import {
  addressKey,
  type Call,
  infix,
  isIpv6,
  maskLength,
  proofs,
  type Row,
  raw,
  table,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

/** The network of IPv4 that a literal is: its first bits as a number, and how many they are. */
function networkOf(node: Value, call: Call): { readonly bits: number; readonly length: number } | undefined {
  const [, a, b, c, d, length = "32"] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(call.text(node) ?? "") ?? [];
  if (d === undefined || Number(length) > 32) return call.refuse("a network that is no literal of IPv4");
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  return { bits: Math.floor(address / 2 ** (32 - Number(length))), length: Number(length) };
}

const within = (sign: string, more: string): Row => ({
  calls: [`${sign}(inet, inet)`],
  tidb: ([ip, network], call) => {
    const found = networkOf(network, call);
    if (!found) return undefined;
    const same = tidb`INET_ATON(SUBSTRING_INDEX(${ip}, '/', 1)) >> ${raw(String(32 - found.length))} = ${raw(String(found.bits))}`;
    const length = tidb`${maskLength(ip)} ${raw(more)} ${raw(String(found.length))}`;
    return tidb`CASE WHEN ${isIpv6(ip)} THEN FALSE ELSE ${same} AND ${length} END`;
  },
  why: "The first bits of the address are those of the network.",
  proofs: [],
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
      tidb: ([network]) => tidb`${network}`,
      why: "Both are PostgreSQL's text of them, a network always with its mask.",
      proofs: proofs("'10.1.0.0/16'::cidr::inet", "masklen('10.1.0.0/16'::cidr)", "'10.1.0.0/16'::cidr = ip"),
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
    "contained-or-equal": within("<<=", ">="),
    contained: within("<<", ">"),
  },
);
