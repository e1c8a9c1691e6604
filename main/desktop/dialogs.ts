/** The system's own file dialogs, over the window that asks. */
import { basename } from 'node:path';
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';

export interface Dialogs {
  chooseFiles(): Promise<readonly string[]>;
  chooseTarget(suggestedName: string): Promise<string | null>;
}

/**
 * Names come from a server: only the last part is suggested, without what file systems refuse and
 * without the marks that turn the direction of writing, which make `fdp.exe` look like `exe.pdf`.
 */
export function safeFileName(name: string): string {
  const last = basename(name.replaceAll('\\', '/')).replace(/[\p{Cc}\p{Bidi_Control}<>:"/\\|?*]/gu, '_');
  const plain = last.replace(/^[.\s]+|[.\s]+$/g, '');
  return plain === '' ? 'file' : plain.slice(0, 200);
}

export function systemDialogs(window: () => BrowserWindow | undefined): Dialogs {
  return {
    chooseFiles: async () => {
      const options = { properties: ['openFile', 'multiSelections'] as ('openFile' | 'multiSelections')[] };
      const over = window();
      const answer = await (over ? dialog.showOpenDialog(over, options) : dialog.showOpenDialog(options));
      return answer.canceled ? [] : answer.filePaths;
    },
    chooseTarget: async (suggestedName) => {
      const options = { defaultPath: safeFileName(suggestedName) };
      const over = window();
      const answer = await (over ? dialog.showSaveDialog(over, options) : dialog.showSaveDialog(options));
      return answer.canceled || answer.filePath === '' ? null : answer.filePath;
    },
  };
}
