/** A piece of a URL that is filled in when the program runs. */
const HOLE = String.raw`\$?\{\{[^{}]*\}\}|[$#]\{(?:[^{}]|\{[^{}]*\})*\}|\$\([^()]*\)|\{[\w.:()[\]']*\}|<[\w-]+>`;
const IPV6 = String.raw`\[[\w:.-]+\]`;

/** The rest of a URL after its scheme, in code, in a setting or in a command. */
export const REST = String.raw`(?:${HOLE}|${IPV6}|,(?=[\w.-]+:\d)|[^\s"'\x60<>\\|,;(){}[\]])*(?<![.,:!?])`;

/** A URL taken apart. Each part is as it is written; undefined where it is absent. */
interface Url {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly database: string | undefined;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The TiDB form of a URL of PostgreSQL. */
export interface Rewritten {
  /** To show: without the password. */
  readonly form: string;
  /** To write; undefined where something of it depends on the driver, or has no counterpart. */
  readonly fix: string | undefined;
}

type Mode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

/** How drivers spell in a URL what PostgreSQL's drivers call sslmode, and a time limit in seconds to connect. */
interface Family {
  readonly tls: Readonly<Record<Mode, string>>;
  readonly timeout?: (seconds: string) => string;
}

const FAMILIES = {
  jdbc: {
    tls: {
      disable: "sslMode=DISABLED",
      allow: "sslMode=PREFERRED",
      prefer: "sslMode=PREFERRED",
      require: "sslMode=REQUIRED",
      "verify-ca": "sslMode=VERIFY_CA",
      "verify-full": "sslMode=VERIFY_IDENTITY",
    },
    timeout: (seconds) => `connectTimeout=${seconds}000`,
  },
  /** sqlx and diesel. */
  rust: {
    tls: {
      disable: "ssl-mode=DISABLED",
      allow: "ssl-mode=PREFERRED",
      prefer: "ssl-mode=PREFERRED",
      require: "ssl-mode=REQUIRED",
      "verify-ca": "ssl-mode=VERIFY_CA",
      "verify-full": "ssl-mode=VERIFY_IDENTITY",
    },
  },
  /** mysql2, which reads a parameter as JSON; libpq's require encrypts and verifies nothing. */
  node: {
    tls: {
      disable: "",
      allow: "",
      prefer: "",
      require: "ssl=%7B%22rejectUnauthorized%22%3Afalse%7D",
      "verify-ca": "ssl=%7B%22rejectUnauthorized%22%3Atrue%7D",
      "verify-full": "ssl=%7B%22rejectUnauthorized%22%3Atrue%7D",
    },
  },
  go: {
    tls: {
      disable: "tls=false",
      allow: "tls=preferred",
      prefer: "tls=preferred",
      require: "tls=skip-verify",
      "verify-ca": "tls=true",
      "verify-full": "tls=true",
    },
    timeout: (seconds) => `timeout=${seconds}s`,
  },
  /** A setting read by a driver that the file does not tell: none encrypts unless it is told to, and each is told otherwise. */
  unknown: {
    tls: { disable: "", allow: "", prefer: "", require: "tls=true", "verify-ca": "tls=true", "verify-full": "tls=true" },
  },
} as const satisfies Readonly<Record<string, Family>>;

/** Parameters of PostgreSQL's drivers without which the same happens on TiDB. */
const NEEDLESS =
  /^(?:application_name|ApplicationName|fallback_application_name|pgbouncer|statement_cache_(?:size|capacity|mode)|prepareThreshold|binary_parameters|gssencmode|default_query_exec_mode|reWriteBatchedInserts)$/;
/** Those that are the same for MySQL: of Prisma's engine, and those of this URL's reader itself. */
const SAME = /^(?:connection_limit|pool_timeout|socket_timeout|connectTimeout|socketTimeout)$/;

/**
 * Rewrites a URL of PostgreSQL, in any of its spellings (`postgres:`, `postgresql+psycopg2:`, `jdbc:postgresql:`), for TiDB: port 4000,
 * the same user, password, host and database.
 * @param path of the file it stands in, whose language tells the driver
 * @param text of that file
 */
export function rewriteUrl(written: string, path: string, text: string): Rewritten | undefined {
  const holes: string[] = [];
  const masked = written.replaceAll(new RegExp(HOLE, "g"), (hole) => `\uE000${String.fromCharCode(0xe100 + holes.push(hole) - 1)}`);
  const url = parsed(masked);
  if (!url) return undefined;
  const restore = (piece: string) =>
    piece.replaceAll(/\uE000([\uE100-\uF8FF])/g, (_, index: string) => holes[index.charCodeAt(0) - 0xe100]!);

  const go = /\.go$/.test(path);
  const family: Family = url.scheme.startsWith("jdbc:")
    ? FAMILIES.jdbc
    : go
      ? FAMILIES.go
      : /\.rs$/.test(path)
        ? FAMILIES.rust
        : /\.[cm]?[jt]sx?$/.test(path)
          ? FAMILIES.node
          : FAMILIES.unknown;
  const { kept, equal } = parameters(url.parameters, family);
  const query = kept.length > 0 ? `?${kept.join("&")}` : "";
  const address = `${url.host}${portOf(url)}`;
  const credentials = (password: string | undefined) =>
    url.user === undefined ? "" : `${url.user}${password === undefined ? "" : `:${password}`}@`;
  const whole = (password: string | undefined) =>
    restore(
      go
        ? `${credentials(password)}tcp(${address})/${url.database ?? ""}${query}`
        : `${schemeOf(url.scheme, path, text)}${credentials(password)}${address}${url.database === undefined ? "" : `/${url.database}`}${query}`,
    );
  const secret = url.password !== undefined && !/^[\uE000-\uF8FF$%]/.test(url.password);
  // Go's driver takes no URL but a form of its own, and code that takes the URL apart would have to follow. A hole for the host may
  // hold the port as well.
  const certain = equal && !go && /^[^,]+$/.test(url.host) && (url.port !== undefined || !url.host.includes("\uE000"));
  return { form: whole(secret ? "***" : url.password), fix: certain ? whole(url.password) : undefined };
}

function parsed(masked: string): Url | undefined {
  const match =
    /^(?<scheme>[\w:+]+?:)\/\/(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<host>[^/?:]*|\[[^\]]*\]|[^/?]*,[^/?]*)(?::(?<port>[^/?]+))?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/.exec(
      masked,
    );
  if (!match) return undefined;
  const { scheme, user, password, host, port, database, query } = match.groups as Record<string, string | undefined>;
  const parameters = (query ?? "")
    .split("&")
    .filter((each) => each !== "")
    .map((each) => [each.split("=")[0]!, each.split("=").slice(1).join("=")] as const);
  return { scheme: scheme!, user, password, host: host ?? "", port, database, parameters };
}

function portOf({ host, port }: Url): string {
  if (host === "") return "";
  if (port === undefined) return host.includes(",") ? "" : ":4000";
  return `:${port === "5432" ? "4000" : port}`;
}

function schemeOf(scheme: string, path: string, text: string): string {
  if (scheme.includes("jdbc:") || scheme.includes("r2dbc:")) return `${scheme.replace(/postgres(?:ql)?/, "mysql")}//`;
  const driver = /\+(\w+)/.exec(scheme)?.[1];
  if (driver !== undefined) return `mysql+${/^(?:asyncpg|psycopg_async|aiopg)$/.test(driver) ? "aiomysql" : "pymysql"}://`;
  return /\.py$|alembic\.ini$/.test(path) && /\bsqlalchemy\b|\bcreate_(?:async_)?engine\b/i.test(text) ? "mysql+pymysql://" : "mysql://";
}

/** The parameters of a driver for TiDB, and whether they say the same as those given. */
function parameters(given: Url["parameters"], family: Family): { readonly kept: readonly string[]; readonly equal: boolean } {
  const kept: string[] = [];
  let equal = true;
  for (const [name, value] of given) {
    const mode = /^(?:sslmode|ssl_mode)$/i.test(name) ? family.tls[value as Mode] : undefined;
    if (mode !== undefined) {
      if (mode !== "") kept.push(mode);
      // What is unknown cannot be relied on to encrypt; JavaScript's verifying needs the certificate that libpq reads from a file.
      if (family === FAMILIES.unknown && mode !== "") equal = false;
    } else if (name === "connect_timeout" && family.timeout) kept.push(family.timeout(value));
    else if (SAME.test(name)) kept.push(`${name}=${value}`);
    else if (!NEEDLESS.test(name) && !(/^(?:schema|search_path|currentSchema)$/.test(name) && value === "public")) equal = false;
  }
  return { kept, equal };
}
