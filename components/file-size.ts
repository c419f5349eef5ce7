const mebibyte_bytes = 1024 * 1024;

/** Why a file of this size is not taken, as a sentence; null when it is. Its size is rounded up, so that it is never less than the most. */
export function fileSizeProblem(size_bytes: number, bytes_max: number): string | null {
  if (size_bytes <= bytes_max) return null;
  const size = Math.ceil((size_bytes / mebibyte_bytes) * 10) / 10;
  return `This file has ${size.toFixed(1)} MiB; at most ${bytes_max / mebibyte_bytes} MiB are taken.`;
}
