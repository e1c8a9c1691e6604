/** The scripted quick-access window: shown from the start, and hidden when it asks to be. */
import type { Handlers, Stage } from './scripted.ts';

export function scriptQuickAccess(stage: Stage): Pick<Handlers, 'quickAccess'> {
  return {
    quickAccess: {
      shortcut: () => ({ state: stage.scenario.quickKeyTaken ? 'taken' : 'ready' }),
      hide: () => {
        stage.emit('quickAccessShown', { shown: false });
        return {};
      },
      showRecord: ({ recordId }) => {
        stage.emit('quickAccessShown', { shown: false });
        stage.emit('recordAsked', { recordId });
        return {};
      },
    },
  };
}
