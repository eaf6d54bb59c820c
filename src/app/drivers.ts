import { PROFILE, type Setting } from "./session.js";

/** Ways to tell a driver the session that converted SQL needs. */
export const DRIVERS = ["sql", "mysql2", "go", "sqlx", "jdbc", "json"] as const;
export type Driver = (typeof DRIVERS)[number];

const VARIABLES = PROFILE.flatMap(({ variable }) => (variable ? [variable] : []));

/** Options of mysql2 (connection_config.js): big integers and decimals as text, times as text, which no zone of the machine moves. */
export const MYSQL2_OPTIONS = {
  charset: "utf8mb4",
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  timezone: "Z",
} as const;

/** One statement that sets all that a session can be told. */
export const SET_SESSION = `SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin, ${VARIABLES.slice(1)
  .map(([name, value]) => `${name} = ${value}`)
  .join(", ")}`;

/** The profile in a driver's words, with what each part is for. */
export function sessionText(driver: Driver): string {
  return `${TEXTS[driver]().trim()}\n`;
}

const onServer = (mark: string) => `${mark} once on the server, before the tables are made: ${PROFILE.at(-1)!.sql}`;
const reasons = (mark: string) => PROFILE.filter((s) => s.variable).map(({ variable, why }) => `${mark} ${variable![0]}: ${why}`);

const TEXTS: Readonly<Record<Driver, () => string>> = {
  sql: () => PROFILE.map(({ sql, why }: Setting) => `-- ${why}\n${sql};`).join("\n"),
  // The charset option knows no collation of a number beyond 255: it is set by a statement.
  mysql2: () => `${onServer("//")}
import mysql from "mysql2";

const pool = mysql.createPool({
  uri: process.env.DATABASE_URL,
  charset: "${MYSQL2_OPTIONS.charset}",
  supportBigNumbers: true, // bigint values beyond 2^53 come as text …
  bigNumberStrings: true, // … and all others too, so that the type does not depend on the value
  dateStrings: true, // times come as text, with all six digits, in UTC
  timezone: "Z", // Date objects are written in UTC
});
// Runs before anything else on each new connection.
pool.on("connection", (connection) => connection.query(${JSON.stringify(SET_SESSION)}));`,
  go: () => `${onServer("//")}
// github.com/go-sql-driver/mysql: parameters it does not know itself are set as variables of the session.
// parseTime reads DATETIME and TIMESTAMP as time.Time, loc=UTC is their zone.
${reasons("//").join("\n")}
dsn := "user:password@tcp(host:4000)/database?parseTime=true&loc=UTC&${VARIABLES.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("'", "%27")}`).join("&")}"`,
  sqlx: () => `${onServer("//")}
use sqlx::{Executor, mysql::{MySqlConnectOptions, MySqlPoolOptions}};

let options: MySqlConnectOptions = std::env::var("DATABASE_URL")?.parse()?;
let pool = MySqlPoolOptions::new()
    // After sqlx's own SET NAMES, which has the collation of its own list.
    .after_connect(|connection, _| Box::pin(async move {
        connection.execute(${JSON.stringify(SET_SESSION)}).await?;
        Ok(())
    }))
    // sqlx adds PIPES_AS_CONCAT to sql_mode, by which || joins text; converted SQL uses CONCAT and does not depend on it.
    .connect_with(options.pipes_as_concat(false))
    .await?;`,
  jdbc: () => `${onServer("#")}
# MySQL Connector/J 8.0.23 and later
${reasons("#").join("\n")}
jdbc:mysql://host:4000/database?connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true&tinyInt1isBit=true&sessionVariables=${encodeURIComponent(
    VARIABLES.map(([name, value]) => `${name}=${value}`).join(","),
  ).replaceAll("'", "%27")}`,
  json: () =>
    JSON.stringify({ version: 1, settings: PROFILE, once: PROFILE.at(-1)!.sql, session: SET_SESSION, mysql2: MYSQL2_OPTIONS }, null, 2),
};
