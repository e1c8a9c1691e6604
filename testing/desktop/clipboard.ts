/**
 * `clipboard`: one of the stand-in's own. The machine's clipboard is never touched, so a
 * test run leaves nothing in it and reads nothing of the person's from it.
 */
import { strict, type StandInFor } from './shape.ts';

type Payload = ConstructorParameters<typeof Electron.ClipboardItem>[0][string];

/** `ClipboardItem`, of text and bytes. */
export class ClipboardItem {
  private readonly items: Readonly<Record<string, Payload>>;

  constructor(items: Record<string, Payload>) {
    this.items = items;
  }

  get types(): string[] {
    return Object.keys(this.items);
  }

  async getType(type: string): Promise<Blob> {
    const held = await this.items[type];
    if (held === undefined) throw new Error(`The clipboard item has no ${type}.`);
    if (held instanceof Blob) return held;
    return new Blob([typeof held === 'string' ? held : JSON.stringify(held)], { type });
  }
}

let content: readonly ClipboardItem[] = [];

async function readText(): Promise<string> {
  const item = content.find((one) => one.types.includes('text/plain'));
  return item === undefined ? '' : (await item.getType('text/plain')).text();
}

export const clipboard = strict('clipboard', {
  readText,
  writeText: async (text: string): Promise<void> => {
    content = [new ClipboardItem({ 'text/plain': text })];
  },
  read: async (): Promise<readonly ClipboardItem[]> => content,
  // The class above is the only one an application can make items of.
  write: async (data: Electron.ClipboardItem[]): Promise<void> => {
    content = data as unknown as ClipboardItem[];
  },
  has: async (type: string): Promise<boolean> => content.some((one) => one.types.includes(type)),
  clear: (): void => {
    content = [];
  },
} satisfies StandInFor<Electron.Clipboard, 'readText' | 'writeText' | 'read' | 'write' | 'has' | 'clear'>);
