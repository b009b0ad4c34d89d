// Whether a text is a secret of ours, by its shape and checksum (docs/secret-scanning/README.md): asked before it is sent anywhere.

export type SecretKind = "api_key" | "management_key" | "client_token";

const SHAPES: Record<SecretKind, RegExp> = {
  api_key: /^yx-[0-9A-Za-z]{49}$/,
  management_key: /^yxm-[0-9A-Za-z]{49}$/,
  client_token: /^yxc-[0-9A-Za-z_-]{130,2780}[0-9A-Za-z]{6}$/,
};
const CHECKSUM_CHARS = 6;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** CRC-32C (Castagnoli), bits reversed. */
const POLYNOMIAL = 0x82f63b78;

export function kindOfSecret(text: string): SecretKind | null {
  const kinds = Object.keys(SHAPES) as SecretKind[];
  const kind = kinds.find((one) => SHAPES[one].test(text));
  if (kind === undefined) return null;
  const body = text.slice(0, -CHECKSUM_CHARS);
  return checksum(body) === text.slice(-CHECKSUM_CHARS) ? kind : null;
}

export function checksum(body: string): string {
  let rest = crc32c(body);
  let letters = "";
  for (let place = 0; place < CHECKSUM_CHARS; place += 1) {
    letters = BASE62.charAt(rest % 62) + letters;
    rest = Math.floor(rest / 62);
  }
  return letters;
}

function crc32c(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
