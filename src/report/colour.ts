import { Chalk } from "chalk";

/** How each kind of text looks; every function returns its argument unchanged when colours are off. */
export interface Paint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly note: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly place: (text: string) => string;
}

/** Colours for a terminal, or none. */
export function paint(colours: boolean): Paint {
  // The 16 basic colours are what every terminal has and what its user has chosen to be readable.
  const chalk = new Chalk({ level: colours ? 1 : 0 });
  return {
    error: chalk.red.bold,
    warning: chalk.yellow.bold,
    note: chalk.cyan,
    strong: chalk.bold,
    faint: chalk.dim,
    added: chalk.green,
    removed: chalk.red,
    place: chalk.cyan,
  };
}

/** Whether a stream is to be coloured: a flag against it wins, then NO_COLOR (no-color.org), then what the stream is. */
export function coloursWanted(
  stream: { readonly isTTY?: boolean },
  { noColor, env }: { readonly noColor: boolean; readonly env: Readonly<Record<string, string | undefined>> },
): boolean {
  if (noColor || env.NO_COLOR || env.TERM === "dumb") return false;
  return stream.isTTY === true;
}
