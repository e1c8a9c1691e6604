/** The dark modules of a QR code as one path: runs of a row are one rectangle each. */
export function darkPath(modules: string, size: number): string {
  if (size === 0) return '';
  const runs: string[] = [];
  for (let y = 0; y < size; y += 1) {
    const row = modules.slice(y * size, (y + 1) * size);
    for (const run of row.matchAll(/1+/g)) {
      runs.push(`M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`);
    }
  }
  return runs.join('');
}
