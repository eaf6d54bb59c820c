/**
 * Parameters: PostgreSQL's have numbers, TiDB's are told apart by their order alone, which only the finished text has. Until then the
 * number stands behind the question mark, between two characters that no text has.
 */
const MARKED = /\?\u{E000}(\d+)\u{E000}/gu;

/** The place of `$n` in a statement that is being written. */
export function parameter(number: number): string {
  return `?\u{E000}${number}\u{E000}`;
}

/**
 * The statement with plain question marks, and the numbers of the parameters in their order.
 * @param hole what stands in the place of one that is no value
 */
export function withPlaces(
  text: string,
  hole: (number: number) => string | undefined,
): { readonly text: string; readonly order: readonly number[] } {
  if (!text.includes("?\u{E000}")) return { text, order: [] };
  const numbers = [...text.matchAll(MARKED)].map(([, number]) => Number(number));
  return {
    text: text.replaceAll(MARKED, (_, number) => hole(Number(number)) ?? "?"),
    order: numbers.filter((number) => hole(number) === undefined),
  };
}
