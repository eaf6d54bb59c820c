import { Command, Flags } from "@oclif/core";
import { guarded } from "../../src/cli/exit.js";

export default class EngineStatus extends Command {
  static override summary = "Shows which TiDB would be used to check, and why.";
  static override description =
    "Looks for a URL (--tidb, TIDB_URL), a tidb-server on PATH, and the cached build, in this order. Exits with 0 when one can be used, with 4 otherwise.";
  static override examples = ["<%= config.bin %> engine status", "<%= config.bin %> engine status --tidb mysql://root@127.0.0.1:4000"];
  static override flags = {
    tidb: Flags.string({
      summary: "URL of a TiDB: mysql://user:password@host:port",
      env: "TIDB_URL",
      helpValue: "URL",
      noCacheDefault: true,
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(EngineStatus);
    const lines = await guarded(this, async () =>
      (await import("../../src/app/engine.js")).engineStatus(flags.tidb, (line) => this.logToStderr(line)),
    );
    for (const line of lines) this.log(line);
  }
}
