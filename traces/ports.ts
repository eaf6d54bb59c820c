import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

const about = {
  why: "TiDB listens on port 4000.",
  docs: "https://docs.pingcap.com/tidb/stable/hardware-and-software-requirements#network-requirements",
  severity: "note",
  help: "4000, wherever the port of the database is told",
} as const;

/** PostgreSQL's port. */
export const ports = traces([
  {
    ...about,
    id: "ports/published",
    construct: "a published port of a container",
    text: "{match} publishes PostgreSQL's port",
    files: FILES.shell,
    find: /(?<![\w.])(?:\d+\.\d+\.\d+\.\d+:)?(?:\$\{[^{}]*\}|\d{1,5}):5432(?![\d.]|:\d)/dg,
    fix: (match) => match[0].replaceAll(/\b5432\b/g, "4000"),
    examples: [
      {
        file: "docker-compose.yml",
        text: '    ports:\n      - "5432:5432"\n      - 127.0.0.1:54320:5432\n      - ${DB_PORT:-5432}:5432\n',
        found: ["5432:5432", "127.0.0.1:54320:5432", "${DB_PORT:-5432}:5432"],
        fixed: '    ports:\n      - "4000:4000"\n      - 127.0.0.1:54320:4000\n      - ${DB_PORT:-4000}:4000\n',
      },
      { file: "docker-compose.yml", text: '      - "5432:3306"\n      - 1:54321\n', found: [] },
    ],
  },
  {
    ...about,
    id: "ports/address",
    construct: "an address with PostgreSQL's port",
    text: "port 5432 of an address",
    files: FILES.any,
    find: /(?<=[A-Za-z_}\])*>-]|\b\d{1,3}(?:\.\d{1,3}){3}):(?<at>5432)(?![\w.]|:\d)/dg,
    fix: () => "4000",
    examples: [
      {
        file: "start.sh",
        text: "wait-for-it db:5432 && nc 127.0.0.1:5432",
        found: ["5432", "5432"],
        fixed: "wait-for-it db:4000 && nc 127.0.0.1:4000",
      },
      { file: "a.ts", text: "const x = { a:54321, b: [1], c: 'Z12:54:5432' }", found: [] },
    ],
  },
  {
    ...about,
    id: "ports/setting",
    construct: "a setting with PostgreSQL's port",
    text: "5432 is PostgreSQL's port",
    files: FILES.any,
    find: /(?<![\w.-]|\d,)(?<at>5432)(?:\/tcp)?(?![\w.]|:\d)(?:(?<=port\w*[^\w\n][^\n]{0,48}5432(?:\/tcp)?)|(?<=\bEXPOSE\s+5432(?:\/tcp)?)|(?<=\s-p\s*5432))|(?<=[\s"'])5432\/tcp\b|(?<=:-)5432\b(?<=port\w*\s*[^\w\n][^\n]{0,40}5432)/dgi,
    fix: (match) => (match.groups?.at ? "4000" : match[0].replace("5432", "4000")),
    examples: [
      { file: ".env", text: "DB_PORT=5432\n", found: ["5432"], fixed: "DB_PORT=4000\n" },
      {
        file: "k8s/postgres.yaml",
        text: "- containerPort: 5432\n  targetPort: 5432\n",
        found: ["5432", "5432"],
        fixed: "- containerPort: 4000\n  targetPort: 4000\n",
      },
      {
        file: "db.ts",
        text: 'port: Number(process.env.DB_PORT ?? "5432"), other: env.PORT || 5432',
        found: ["5432", "5432"],
        fixed: 'port: Number(process.env.DB_PORT ?? "4000"), other: env.PORT || 4000',
      },
      {
        file: "start",
        text: "port=${port:-5432}\npg_isready -p 5432\n",
        found: ["5432", "5432"],
        fixed: "port=${port:-4000}\npg_isready -p 4000\n",
      },
      { file: "ports.go", text: 'MustParsePort("5432/tcp")', found: ["5432"], fixed: 'MustParsePort("4000/tcp")' },
      { file: "db.ts", text: "const id = 5432; const report = 1.5432; port: 15432; support(5432e1)", found: [] },
    ],
  },
  {
    ...about,
    id: "ports/number",
    construct: "PostgreSQL's port as a number beside something of a database",
    severity: "warning",
    text: "5432 is PostgreSQL's port",
    files: FILES.any,
    find: /(?<![\w.$#-]|\d,)(?<at>5432)(?![\w.%]|:\d)(?:(?<=(?:postgres|pg|database|socket|addr|host|tcp)[^\n]{0,80}5432)|(?=[^\n]{0,80}(?:postgres|database|socket|host|tcp)))/dgi,
    form: () => "4000",
    examples: [
      { file: "proxy.rs", text: ".socket_addrs(|| Some(5432))", found: ["5432"], forms: ["4000"] },
      { file: "proxy.rs", text: "let id = 5432; let x = total(5432);", found: [] },
    ],
  },
]);
