import { Command, Flags } from "@oclif/core";
import { guarded } from "../../src/cli/exit.js";

export default class EngineStart extends Command {
  static override summary = "Runs a TiDB of its own until Ctrl-C, and prints its URL.";
  static override description =
    "It holds its data in memory and listens on 127.0.0.1 only. Nothing is left behind when it ends. Exits with 130 at Ctrl-C, with 4 when there is no TiDB to run.";
  static override examples = ["<%= config.bin %> engine start", "<%= config.bin %> engine start --no-build"];
  static override flags = {
    build: Flags.boolean({ summary: "build TiDB first when there is none", allowNo: true, default: true }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(EngineStart);
    const options = { build: flags.build, log: (line: string) => this.logToStderr(line) };
    const announce = (url: string) => {
      this.log(url);
      this.logToStderr("TiDB is ready; Ctrl-C stops it");
    };
    this.exit(await guarded(this, async () => (await import("../../src/app/engine.js")).runEngine(options, announce)));
  }
}
