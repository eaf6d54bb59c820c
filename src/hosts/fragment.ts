import type { Span } from "../source/text.js";

/** A piece of a text that a program holds: characters that stand in its source, or something filled in when it runs. */
export type Part = TextPart | HolePart;

export interface TextPart {
  readonly kind: "text";
  /** As the program has it, escapes resolved. */
  readonly text: string;
  /** Where it stands in the host file. Of the same length as `text`, unless it is one escape or entity, or stands between joined texts. */
  readonly span: Span;
  /** How a literal of this form spells a text; names a row of `SPELLINGS`. */
  readonly spelling: Spelling;
}

export interface HolePart {
  readonly kind: "hole";
  /** The expression with what encloses it: `${id}`, `%s`, `{}`; between joined strings the expression alone. */
  readonly span: Span;
  /** Sent beside the text as a parameter, as by a tagged template: then it is a value, whatever stands around it. */
  readonly bound: boolean;
}

/** A text in a host file that may be SQL. */
export interface Fragment {
  readonly parts: readonly Part[];
  /** The whole expression, quotes included. */
  readonly span: Span;
  /** The function, macro, annotation, tag or name that takes it: `query`, `sqlx::query!`, `$queryRaw`, `sql`; undefined where it stands alone. */
  readonly taker: string | undefined;
}

/** What a host language says of a file. */
export interface Reading {
  readonly fragments: readonly Fragment[];
  /** Names of modules the file imports. */
  readonly imports: readonly { readonly name: string; readonly span: Span }[];
  /** Comments, delimiters included, in order of place. */
  readonly comments: readonly Span[];
  /** The parser met what is no such language; what it understood is there all the same. */
  readonly broken: boolean;
}

/** A host language. */
export interface Host {
  readonly id: string;
  /** Of file names, with the dot. */
  readonly extensions: readonly string[];
  /** Whole names of files. */
  readonly names?: readonly string[];
  read(text: string): Promise<Reading>;
}

/** How a form of literal spells a text within its quotes; undefined where it cannot. */
const LITERALS = {
  /** Backslashes within double quotes: C and those after it. */
  c: (text: string) => controls(text.replace(/[\\"]/g, "\\$&")),
  /** The same within single quotes. */
  single: (text: string) => controls(text.replace(/[\\']/g, "\\$&")),
  /** The same within double quotes where a dollar begins a hole: PHP, Kotlin. */
  dollar: (text: string) => controls(text.replace(/[\\"$]/g, "\\$&")),
  /** The same where `#{` does: Ruby. */
  hash: (text: string) => controls(text.replace(/[\\"]|#(?=[{$@])/g, "\\$&")),
  /** Single quotes, within which a backslash escapes itself and the quote only: PHP, Ruby. */
  quoted: (text: string) => text.replace(/[\\']/g, "\\$&"),
  /** JavaScript's templates. */
  template: (text: string) => text.replace(/[\\`]|\$(?=\{)/g, "\\$&"),
  /** Between backquotes, where nothing is escaped: Go. */
  backquotes: (text: string) => (text.includes("`") ? undefined : text),
  /** Several lines, backslashes escape: between three quotes in Python and Java. */
  triple: (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"""').replaceAll("'''", "\\'''"),
  /** As it stands: raw strings and heredocs, whose ends must not come up in it. */
  verbatim: (text: string) => (/"""|'''|"#/.test(text) ? undefined : text),
  /** Several lines as they stand, but for holes, which nothing escapes: `$` in Kotlin. */
  holed: (text: string) => (/"""|[$]/.test(text) ? undefined : text),
  /** Heredocs with holes: Ruby, PHP. */
  heredoc: (text: string) => text.replace(/[\\$]|#(?=[{$@])/g, "\\$&"),
  /** Double quotes and heredocs of a shell. */
  shell: (text: string) => text.replace(/[\\$`"]/g, "\\$&"),
  shellHeredoc: (text: string) => text.replace(/[\\$`]/g, "\\$&"),
  /** Between single or double quotes within which nothing is escaped. */
  raw: (text: string) => (/["']/.test(text) ? undefined : text),
  /** Quotes are doubled: double ones in C#, single ones in YAML. */
  doubled: (text: string) => text.replaceAll('"', '""'),
  doubledSingle: (text: string) => (text.includes("\n") ? undefined : text.replaceAll("'", "''")),
  /** On one line, without quotes: YAML. */
  line: (text: string) => (/\n|: | #/.test(text) ? undefined : text),
  /** No literal at all: a file of SQL. */
  plain: (text: string) => text,
} as const;

function controls(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
}

type Literal = keyof typeof LITERALS;

/** A form of literal; `formatted` where signs of a format string have a meaning in it. */
export type Spelling = Literal | `${Literal} formatted`;

/** How each form spells a text within its quotes; undefined where it cannot. */
export const SPELLINGS = Object.fromEntries(
  Object.entries(LITERALS).flatMap(([name, spell]) => [
    [name, spell],
    [`${name} formatted`, (text: string) => (/[%{}]/.test(text) ? undefined : spell(text))],
  ]),
) as Readonly<Record<Spelling, (text: string) => string | undefined>>;

/** A text with the place of each of its characters. */
export interface Rendered {
  readonly text: string;
  /** From an offset of the text to one of the host file. */
  readonly at: (offset: number) => number;
  /** Where in the host what ends at an offset of the text ends: behind the escape, where its last character is written as one. */
  readonly until: (offset: number) => number;
  /** How a span of the text is spelt, where it is one piece of a literal, without holes and joins in it. */
  readonly spellingOf: (span: Span) => Spelling | undefined;
}

/** The text of the parts, each hole as `spell` writes it. */
export function render(parts: readonly Part[], spell: (hole: HolePart, index: number, before: string, after: string) => string): Rendered {
  const starts: number[] = [];
  let text = "";
  let holes = 0;
  for (const [i, part] of parts.entries()) {
    starts.push(text.length);
    text += part.kind === "text" ? part.text : spell(part, holes++, text, restOf(parts, i + 1));
  }
  const indexAt = (offset: number) => {
    let low = 0;
    for (let high = parts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const at = (offset: number): number => {
    if (parts.length === 0) return 0;
    const part = parts[indexAt(offset)]!;
    const within = offset - starts[indexAt(offset)]!;
    return isPlain(part) ? part.span.start + within : within === 0 ? part.span.start : part.span.end;
  };
  const until = (offset: number): number => {
    if (parts.length === 0 || offset === 0) return at(offset);
    const part = parts[indexAt(offset - 1)]!;
    return isPlain(part) ? at(offset - 1) + 1 : part.span.end;
  };
  const spellingOf = ({ start, end }: Span): Spelling | undefined => {
    const first = indexAt(start);
    let spelling: Spelling | undefined;
    for (let i = first; i < parts.length && (i === first || starts[i]! < end); i++) {
      const part = parts[i]!;
      const joined = i > first && part.span.start !== parts[i - 1]!.span.end;
      if (part.kind === "hole" || joined || (spelling !== undefined && part.spelling !== spelling)) return undefined;
      spelling = part.spelling;
    }
    return spelling;
  };
  return { text, at, until, spellingOf };
}

function isPlain(part: Part): part is TextPart {
  return part.kind === "text" && part.text.length === part.span.end - part.span.start;
}

function restOf(parts: readonly Part[], from: number): string {
  let rest = "";
  for (let i = from; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.kind === "hole") return `${rest}\u0000`;
    rest += part.text;
    if (rest.length > 40) break;
  }
  return rest;
}
