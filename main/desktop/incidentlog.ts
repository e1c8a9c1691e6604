/**
 * A small diary of what should not have happened, for whoever has to find a fault.
 *
 * It holds channel names, kinds of incident, error classes and stack frames. Messages of
 * errors are left out on purpose: they may quote what a person typed or a server sent.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A diary above this size starts a new page; one old page is kept. */
const pageBytes = 512 * 1024;

export interface Incident {
  readonly channel: string;
  readonly what: string;
  readonly error?: unknown;
}

/** The frames of a stack without its first lines, which carry the message. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  // A message of several lines may itself look like frames.
  return error.stack
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .slice(0, 20);
}

export class IncidentLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Appends one line of JSON. A diary that cannot be written is reported on stderr once per incident. */
  write(incident: Incident): void {
    const line = JSON.stringify({
      at: new Date().toISOString(),
      channel: incident.channel,
      what: incident.what,
      error: incident.error instanceof Error ? incident.error.name : undefined,
      frames: framesOf(incident.error),
    });
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      this.#turnPage();
      appendFileSync(this.#file, line + '\n', { mode: 0o600 });
    } catch {
      // The disk may be what is failing; the process's own error stream is what is left.
      process.stderr.write(line + '\n');
    }
  }

  #turnPage(): void {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > pageBytes) renameSync(this.#file, `${this.#file}.1`);
  }
}
