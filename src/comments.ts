import type { Span } from "./source/text.js";

/** How a family of files writes comments: what opens and closes one (a line's end where nothing is named), and what opens a string. */
interface Syntax {
  readonly files: RegExp;
  readonly line: readonly string[];
  readonly block: readonly (readonly [open: string, close: string])[];
  readonly strings: readonly string[];
}

const C = { line: ["//"], block: [["/*", "*/"]] } as const;

const SYNTAXES: readonly Syntax[] = [
  { files: /\.(?:[cm]?[jt]sx?|go|vue|svelte|astro|prisma|groovy|gradle|dart|swift)$/i, ...C, strings: ["'", '"', "`"] },
  // A single quote of these is a character or a lifetime.
  { files: /\.(?:rs|java|kts?|scala|cs|fs|json5?|jsonc|bicep)$/i, ...C, strings: ['"'] },
  { files: /\.php$/, line: ["//", "#"], block: [["/*", "*/"]], strings: ["'", '"'] },
  { files: /\.(?:tf|hcl|hjson|nix)$/, line: ["#", "//"], block: [["/*", "*/"]], strings: ['"'] },
  { files: /\.(?:xml|csproj|fsproj|vbproj|props|targets|config)$/, line: [], block: [["<!--", "-->"]], strings: [] },
  { files: /\.pyi?$/, line: ["#"], block: [], strings: ['"""', "'''", "'", '"'] },
  { files: /\.(?:rb|rake|ru|exs?)$|(?:^|\/)(?:Gemfile|Rakefile)$/, line: ["#"], block: [], strings: ["'", '"'] },
  { files: /\.(?:mod)$/, line: ["//"], block: [], strings: [] },
];

/** Settings, scripts, makefiles, images: a # at the start of a line or after a space. */
const HASH = /(?<=^|\s)#[^\n]*/gm;

/**
 * Comments of a file, as far as a glance tells: for files of languages that no parser is at hand for. A comment's sign within a
 * string begins none. What has no comments, like JSON, or is unknown, has those of scripts and settings: a # after a space.
 */
export function commentsIn(path: string, text: string): Span[] {
  const syntax = SYNTAXES.find(({ files }) => files.test(path));
  const found = text.matchAll(syntax ? patternOf(syntax) : HASH);
  return [...found].flatMap(({ 0: all, index, groups }) =>
    syntax && groups?.comment === undefined ? [] : [{ start: index, end: index + all.length }],
  );
}

const patterns = new Map<Syntax, RegExp>();

function patternOf(syntax: Syntax): RegExp {
  const known = patterns.get(syntax);
  if (known) return known;
  const { line, block, strings } = syntax;
  const comments = [
    ...line.map((sign) => `${escaped(sign)}[^\\n]*`),
    ...block.map(([open, close]) => `${escaped(open)}[^]*?(?:${escaped(close)}|$(?![^]))`),
  ];
  const literals = strings.map((quote) =>
    quote.length > 1 || quote === "`"
      ? `${quote}(?:\\\\[^]|[^])*?(?:${quote}|$(?![^]))`
      : `${quote}(?:\\\\[^]|[^\\\\\\n${quote}])*(?:${quote}|(?=\\n)|$)`,
  );
  const made = new RegExp([...literals, `(?<comment>${comments.join("|")})`].join("|"), "gm");
  patterns.set(syntax, made);
  return made;
}

function escaped(sign: string): string {
  return sign.replaceAll(/[/*]/g, "\\$&");
}
