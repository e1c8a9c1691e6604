import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StrongroomError } from '../../contract/errors.ts';
import { IncidentLog } from './incidentlog.ts';

let folder: string;
let file: string;
let log: IncidentLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-incidents-'));
  file = join(folder, 'logs', 'incidents.log');
  log = new IncidentLog(file);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the incident log', () => {
  it('keeps what happened and where in the program, a line each', () => {
    log.write({ channel: 'c', what: 'malformed input' });
    log.write({ channel: 'c', what: 'unforeseen error', error: new TypeError('x') });
    expect(lines()).toMatchObject([
      { channel: 'c', what: 'malformed input', frames: [] },
      { channel: 'c', what: 'unforeseen error', error: 'TypeError' },
    ]);
    expect(JSON.stringify(lines()[1]?.['frames'])).toContain('incidentlog.test.ts');
    expect(Date.parse(String(lines()[0]?.['at']))).toBeGreaterThan(0);
  });

  it.each([
    ['one line', 'quotes hunter2'],
    ['several lines', 'first\nhunter2\nlast'],
    ['lines that look like frames', 'first\n    at hunter2 (hunter2.ts:1:1)\n  at hunter2'],
  ])('keeps no message of %s', (_name, message) => {
    log.write({ channel: 'c', what: 'w', error: new Error(message, { cause: new Error('hunter2') }) });
    log.write({ channel: 'c', what: 'w', error: new StrongroomError('internal', { name: 'hunter2' }) });
    log.write({ channel: 'c', what: 'w', error: message });
    log.write({ channel: 'c', what: 'w', error: { password: 'hunter2' } });
    expect(lines()).toHaveLength(4);
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
  });

  it('is for the eyes of its user alone', () => {
    log.write({ channel: 'c', what: 'w' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'logs')).mode & 0o777).toBe(0o700);
  });

  it('begins a new page when one is full, and keeps one old page', () => {
    mkdirSync(join(folder, 'logs'));
    writeFileSync(file, 'a'.repeat(512 * 1024));
    log.write({ channel: 'fits', what: 'w' });
    expect(existsSync(`${file}.1`)).toBe(false);
    log.write({ channel: 'turned', what: 'w' });
    expect(lines()).toMatchObject([{ channel: 'turned' }]);
    expect(readFileSync(`${file}.1`, 'utf8')).toContain('"fits"');
    writeFileSync(file, 'b'.repeat(513 * 1024));
    log.write({ channel: 'again', what: 'w' });
    expect(readFileSync(`${file}.1`, 'utf8')).toMatch(/^b+$/);
  });

  it('says on the error stream what it cannot write down, and throws nothing', () => {
    const said: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    log.write({ channel: 'c', what: 'w', error: new Error('hunter2') });
    expect(said).toHaveLength(1);
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ channel: 'c', what: 'w', error: 'Error' });
    expect(said[0]).not.toContain('hunter2');
  });
});
