// Writes a brotli and a gzip copy beside every asset worth compressing, so that the binary serves them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const DIST = new URL("../dist", import.meta.url).pathname;
/** Pages of the documentation have gaps: the server fills them, and compresses what comes of it. */
const TEMPLATE = /^docs\//;
const COMPRESSIBLE = /\.(js|css|html|svg|json|webmanifest|txt)$/;
/** Below this a compressed copy saves less than its own headers. */
const SMALLEST_BYTES = 512;

let count = 0;
for (const entry of readdirSync(DIST, { recursive: true })) {
  const path = join(DIST, String(entry));
  if (TEMPLATE.test(String(entry)) || !COMPRESSIBLE.test(path) || statSync(path).size < SMALLEST_BYTES)
    continue;
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  count += 1;
}
console.log(`compressed ${count} files`);
