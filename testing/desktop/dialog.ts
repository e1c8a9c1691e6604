/**
 * `dialog`: answered by a queue that a test fills. Where nothing was queued the dialog is
 * cancelled: nobody is there to choose a file or to press "Delete".
 */
import { strict, type StandInFor } from './shape.ts';

/** One prepared answer; what a dialog does not ask for is ignored. */
export interface DialogAnswer {
  /** For an open dialog. */
  filePaths?: string[];
  /** For a save dialog. */
  filePath?: string;
  /** Which button of a message box, from 0. */
  response?: number;
  checkboxChecked?: boolean;
}

const queue: DialogAnswer[] = [];

/** Queues the answer of the next dialog. */
export function answerDialog(answer: DialogAnswer): void {
  queue.push(answer);
}

function optionsOf<Options>(window: Electron.BaseWindow | Options, options: Options | undefined): Options {
  return options ?? (window as Options);
}

function cancelButton(options: Electron.MessageBoxOptions): number {
  const named = (options.buttons ?? []).findIndex((label) => /^(cancel|no|отмена|нет)$/i.test(label));
  return options.cancelId ?? Math.max(named, 0);
}

function showMessageBoxSync(
  window: Electron.BaseWindow | Electron.MessageBoxOptions,
  options?: Electron.MessageBoxOptions,
): number {
  return queue.shift()?.response ?? cancelButton(optionsOf(window, options));
}

export const dialog = strict('dialog', {
  async showOpenDialog(): Promise<Electron.OpenDialogReturnValue> {
    const filePaths = queue.shift()?.filePaths ?? [];
    return { canceled: filePaths.length === 0, filePaths };
  },
  async showSaveDialog(): Promise<Electron.SaveDialogReturnValue> {
    const filePath = queue.shift()?.filePath ?? '';
    return { canceled: filePath === '', filePath };
  },
  async showMessageBox(
    window: Electron.BaseWindow | Electron.MessageBoxOptions,
    options?: Electron.MessageBoxOptions,
  ): Promise<Electron.MessageBoxReturnValue> {
    const checkboxChecked = queue[0]?.checkboxChecked ?? optionsOf(window, options).checkboxChecked ?? false;
    return { response: showMessageBoxSync(window, options), checkboxChecked };
  },
  showMessageBoxSync,
  showErrorBox(title: string, content: string): void {
    console.error(`${title}: ${content}`);
  },
} satisfies StandInFor<
  Electron.Dialog,
  'showOpenDialog' | 'showSaveDialog' | 'showMessageBox' | 'showMessageBoxSync' | 'showErrorBox'
>);
