import { Command, Flags } from "@oclif/core";
import { EXIT, guarded } from "../src/cli/exit.js";

/** As in src/app/drivers.ts, which is loaded when the command runs. */
const FORMATS = ["sql", "mysql2", "go", "sqlx", "jdbc", "json"] as const;

export default class Session extends Command {
  static override summary = "Prints the settings that converted schemas and queries need, as SQL or for a driver.";
  static override description =
    `They make TiDB compare text, read times, divide and isolate transactions as PostgreSQL does. The same settings stand at the head of every
output, and pg2tidb check runs with them. An application needs them on each of its connections.`;
  static override examples = ["<%= config.bin %> session", "<%= config.bin %> session --format go"];
  static override flags = {
    format: Flags.option({
      summary: "SQL, or the options of a driver: mysql2 (Node), go-sql-driver, sqlx (Rust), Connector/J",
      options: FORMATS,
      default: "sql",
    })(),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(Session);
    process.exitCode = await guarded(this, async () => {
      const { sessionText } = await import("../src/app/drivers.js");
      process.stdout.write(sessionText(flags.format));
      return EXIT.ok;
    });
  }
}
