/** Addresses of the internet as PostgreSQL writes them (inet_net_ntop.c). */

/** The bytes of an address of either family; undefined for what is none. */
function bytesOf(text: string): readonly number[] | undefined {
  if (!text.includes(":")) {
    const parts = text.split(".");
    return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256) ? parts.map(Number) : undefined;
  }
  // The last four bytes may be written as an address of IPv4.
  const [, before, dotted] = /^(.*:)([\d.]+)$/.exec(text.includes(".") ? text : "") ?? [];
  const last = dotted === undefined ? [] : bytesOf(dotted);
  if (!last) return undefined;
  const groups = (before === undefined ? text : before.replace(/([^:]):$/, "$1")).split("::");
  const [head = [], tail] = groups.map((part) => (part === "" ? [] : part.split(":")));
  const missing = 8 - last.length / 2 - head.length - (tail?.length ?? 0);
  if (groups.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...head, ...Array.from({ length: tail ? missing : 0 }, () => "0"), ...(tail ?? [])];
  if (all.some((part) => !/^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  return [...all.map((part) => Number.parseInt(part, 16)).flatMap((word) => [word >> 8, word & 255]), ...last];
}

function spelt(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const words = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  // The longest run of zeros, of two at least, and the first of several as long, is left out.
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (words[i + run] === 0) run++;
    if (run > length) [start, length] = [i, run];
  }
  const isMapped = start === 0 && (length === 6 || (length === 5 && words[5] === 0xffff));
  const parts = isMapped ? [...words.slice(0, 6).map(hex), bytes.slice(12).join(".")] : words.map(hex);
  if (start < 0) return parts.join(":");
  return `${parts.slice(0, start).join(":")}::${parts.slice(start + length).join(":")}`;
}

const hex = (word: number): string => word.toString(16);

/**
 * An address with its mask as PostgreSQL writes it.
 * @param isNetwork a cidr, which is written with its mask always and has no bits behind it; otherwise an inet
 * @returns undefined for what PostgreSQL refuses, and for networks of which parts are left out
 */
export function addressText(text: string, isNetwork: boolean): string | undefined {
  const [, address = "", mask] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bytes = bytesOf(address);
  if (!bytes) return undefined;
  const all = bytes.length * 8;
  const length = mask === undefined ? all : Number(mask);
  if (length > all) return undefined;
  const isHeld = bytes.every((byte, i) => (byte & (0xff >> Math.min(8, Math.max(0, length - 8 * i)))) === 0);
  if (isNetwork && !isHeld) return undefined;
  return spelt(bytes) + (isNetwork || length < all ? `/${length}` : "");
}

/**
 * A hardware address as PostgreSQL writes it, of six or of eight bytes (mac.c, macaddr_in; mac8.c, macaddr8_in).
 * @returns undefined for what is in none of the manual's spellings ("8.9.4. macaddr", "8.9.5. macaddr8")
 */
export function hardwareAddress(text: string, bytes: 6 | 8): string | undefined {
  const written = text.trim().toLowerCase();
  const digits = written.replaceAll(/[:.-]/g, "");
  const isSpelt =
    /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1)+[0-9a-f]{2}|[0-9a-f]{6}[:-]?[0-9a-f]+|[0-9a-f]{4}([.-])(?:[0-9a-f]{4}\2)+[0-9a-f]{4})$/.test(
      written,
    );
  if (!isSpelt) return undefined;
  // Of six bytes a macaddr8 has FF and FE between its halves.
  const full = bytes === 8 && digits.length === 12 ? `${digits.slice(0, 6)}fffe${digits.slice(6)}` : digits;
  return full.length === bytes * 2 ? full.replaceAll(/(..)(?!$)/g, "$1:") : undefined;
}
