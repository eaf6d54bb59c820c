import { type Call, isIpv6, maskLength, type Row, raw, table, tidb, type Value } from "../../src/rule.js";

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
    "contained-or-equal": within("<<=", ">="),
    contained: within("<<", ">"),
  },
);
