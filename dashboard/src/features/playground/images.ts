// Images that go with a message: checked before they are sent, because a refused upload costs the person a minute.

export const IMAGES_MAX = 6;
/** A data URI is a third longer than the file, and the server takes a body of 16 MiB. */
export const IMAGE_BYTES_MAX = 4_000_000;
export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const URL_CHARS_MAX = 2000;

export type ImageProblem = "type" | "size" | "count" | "url" | "unreadable";

export async function readImage(file: File): Promise<{ url: string } | { problem: ImageProblem }> {
  if (!IMAGE_TYPES.includes(file.type)) return { problem: "type" };
  if (file.size > IMAGE_BYTES_MAX) return { problem: "size" };
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve(typeof reader.result === "string" ? { url: reader.result } : { problem: "unreadable" });
    reader.onerror = () => resolve({ problem: "unreadable" });
    reader.readAsDataURL(file);
  });
}

export function readImageUrl(text: string): { url: string } | { problem: ImageProblem } {
  const trimmed = text.trim();
  if (trimmed.length > URL_CHARS_MAX || !/^https?:\/\//i.test(trimmed)) return { problem: "url" };
  try {
    return { url: new URL(trimmed).href };
  } catch {
    return { problem: "url" };
  }
}

export function isInline(url: string): boolean {
  return /^data:image\/(png|jpeg|webp|gif);base64,/.test(url);
}
