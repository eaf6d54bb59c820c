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
