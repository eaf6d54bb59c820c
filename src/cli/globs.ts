import picomatch from "picomatch";

/**
 * Whether a path with slashes matches one of some globs, as .gitignore and editors have them: `**` for any folders, `{a,b}` for either,
 * and files whose names begin with a dot like all others. A folder's name alone is the folder with all there is below.
 */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const all = globs.map((glob) => glob.replace(/^\.\//, "").replace(/\/$/, ""));
  return picomatch([...all, ...all.map((glob) => `${glob}/**`)], { dot: true });
}
