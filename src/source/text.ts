/** A named piece of text: a file, standard input, or later a fragment of host code. */
export interface Source {
  /** The name to show: the path as the user gave it, or `<stdin>`. */
  readonly name: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets into a source's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place a person can go to: 1-based line, 1-based column counted in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineStarts = new WeakMap<Source, readonly number[]>();

/**
 * A function from a UTF-16 offset of the source to its line and column. Lines end at LF, CR LF or a lone CR, as in PostgreSQL's lexer.
 * The table of lines is built at the first call, once per source; offsets outside the text count as its first or last.
 */
export function lineIndex(source: Source): (offset: number) => Position {
  return (offset) => {
    let starts = lineStarts.get(source);
    if (starts === undefined) {
      starts = startsOfLines(source.text);
      lineStarts.set(source, starts);
    }
    const at = Math.min(Math.max(offset, 0), source.text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - starts[low]! + 1 };
  };
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  let feed = text.indexOf("\n");
  let carriage = text.indexOf("\r");
  while (feed >= 0 || carriage >= 0) {
    if (carriage < 0 || (feed >= 0 && feed < carriage)) {
      starts.push(feed + 1);
      feed = text.indexOf("\n", feed + 1);
    } else {
      // The LF of a CR LF ends the line; its CR does not end another.
      if (feed !== carriage + 1) starts.push(carriage + 1);
      carriage = text.indexOf("\r", carriage + 1);
    }
  }
  return starts;
}
