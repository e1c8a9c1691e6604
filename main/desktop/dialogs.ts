/** The system's own file dialogs, over the window that asks. */
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import { safeFileName } from './safenames.ts';

export interface Dialogs {
  chooseFiles(): Promise<readonly string[]>;
  chooseTarget(suggestedName: string): Promise<string | null>;
  chooseFolder(): Promise<string | null>;
}

export function systemDialogs(window: () => BrowserWindow | undefined): Dialogs {
  return {
    chooseFiles: async () => {
      const options = { properties: ['openFile', 'multiSelections'] as ('openFile' | 'multiSelections')[] };
      const over = window();
      const answer = await (over ? dialog.showOpenDialog(over, options) : dialog.showOpenDialog(options));
      return answer.canceled ? [] : answer.filePaths;
    },
    chooseFolder: async () => {
      const options = {
        properties: ['openDirectory', 'createDirectory'] as ('openDirectory' | 'createDirectory')[],
      };
      const over = window();
      const answer = await (over ? dialog.showOpenDialog(over, options) : dialog.showOpenDialog(options));
      return answer.canceled ? null : (answer.filePaths[0] ?? null);
    },
    chooseTarget: async (suggestedName) => {
      const options = { defaultPath: safeFileName(suggestedName) };
      const over = window();
      const answer = await (over ? dialog.showSaveDialog(over, options) : dialog.showSaveDialog(options));
      return answer.canceled || answer.filePath === '' ? null : answer.filePath;
    },
  };
}
