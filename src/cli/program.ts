import { Config, flush, handle, run, settings } from "@oclif/core";
import { nearest } from "../report/near.js";
import { EXIT } from "./exit.js";

// What runs is what was built: without this, NODE_ENV=test makes oclif look for the TypeScript sources.
settings.enableAutoTranspile = false;

/** `help convert` is what people type; oclif without its help plugin knows only `convert --help`. */
function withHelpCommand(argv: readonly string[]): string[] {
  return argv[0] === "help" ? [...argv.slice(1), "--help"] : [...argv];
}

/** What to say about a command that does not exist; undefined when it does, or when none was given. */
function unknownCommand(argv: readonly string[], config: Config): string | undefined {
  const isFlag = (word: string) => word.startsWith("-");
  const [first, second] = argv.some(isFlag) ? argv.slice(0, argv.findIndex(isFlag)) : argv;
  if (first === undefined || config.findCommand(first)) return undefined;
  const isTopic = config.findTopic(first) !== undefined;
  if (isTopic && (second === undefined || config.findCommand(`${first}:${second}`))) return undefined;
  const name = isTopic ? `${first} ${second}` : first;
  const names = config.commandIDs.map((id) => id.replaceAll(":", " "));
  const near = nearest(name, names);
  const advice = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `the commands are: ${names.join(", ")}`;
  return `pg2tidb: there is no command ${name}; ${advice}`;
}

/** Runs the program with its arguments; `root` is the URL of the executable, beside which its package is found. */
export async function runProgram(argv: readonly string[], root: string): Promise<void> {
  try {
    const words = withHelpCommand(argv);
    const config = await Config.load(root);
    const complaint = unknownCommand(words, config);
    if (complaint !== undefined) {
      process.stderr.write(`${complaint}\n`);
      process.exitCode = EXIT.usage;
      return;
    }
    await run(words, config);
    await flush();
  } catch (error) {
    await handle(error as Error);
  }
}
