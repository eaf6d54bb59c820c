import { parseArgs } from "node:util";

const USAGE =
  "tidb-migrate convert --source=postgresql --target=tidb --input=schema.sql [--output=schema_tidb.sql] [options of pg2tidb convert]";

/** The one value that each of these flags has here. */
const ONLY: Readonly<Record<string, readonly string[]>> = { source: ["postgresql", "postgres"], target: ["tidb"] };

/**
 * The arguments of `pg2tidb` for those of `tidb-migrate`, a name under which guides to a migration know such a program. Flags that are not
 * its own are handed on.
 * @returns what is wrong with them, in one line
 */
export function migrateArguments(argv: readonly string[]): string[] | string {
  if (argv.length === 0 || argv[0] === "--help" || argv[0] === "-h") return argv.length === 0 ? `usage: ${USAGE}` : ["convert", "--help"];
  const [command, ...rest] = argv;
  if (command !== "convert") return `there is no command ${command}; usage: ${USAGE}`;
  const { tokens } = parseArgs({
    args: rest,
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      source: { type: "string" },
      target: { type: "string" },
      input: { type: "string", multiple: true },
      output: { type: "string" },
    },
  });
  const given = new Set<string>();
  const inputs: string[] = [];
  const others: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") others.push(token.value);
    else if (token.name === "input" || token.name in ONLY) {
      const { name, value } = token;
      if (value === undefined || value === "") return `--${name} needs a value; usage: ${USAGE}`;
      given.add(name);
      if (name === "input") inputs.push(value);
      else if (!ONLY[name]!.includes(value.toLowerCase()))
        return `--${name}=${value} is not supported: it converts from postgresql to tidb only`;
    } else others.push(token.rawName, ...(token.value === undefined ? [] : [token.value]));
  }
  const missing = ["source", "target"].filter((name) => !given.has(name));
  if (missing.length > 0) return `--${missing.join(" and --")} must be given; usage: ${USAGE}`;
  return ["convert", ...inputs, ...others];
}
