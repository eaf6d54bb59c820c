import { Command } from "@oclif/core";
import { guarded } from "../../src/cli/exit.js";

export default class EngineBuild extends Command {
  static override summary = "Builds the TiDB that checks run on, once, into your cache.";
  static override description =
    "Needs Go 1.21 or newer. Says what it costs before it starts. Set PG2TIDB_CACHE to build into another folder. Prints the path of the binary.";
  static override examples = ["<%= config.bin %> engine build", "PG2TIDB_CACHE=/var/cache/pg2tidb <%= config.bin %> engine build"];

  override async run(): Promise<void> {
    await this.parse(EngineBuild);
    const path = await guarded(this, async () => (await import("../../src/app/engine.js")).buildEngine((line) => this.logToStderr(line)));
    this.log(path);
  }
}
