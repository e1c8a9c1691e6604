/** The scripted drafts: kept in the page's own memory, as the main process keeps them on the disk. */
import type { DraftContent } from '../../contract/drafts.ts';
import type { Handlers, Stage } from './scripted.ts';

export function scriptDrafts(stage: Stage): Pick<Handlers, 'drafts'> {
  const kept = new Map<string, { at: number; content: DraftContent }>();
  for (const [id, draft] of stage.scenario.drafts.entries()) {
    const typed = { mode: 'typed', value: new TextEncoder().encode('typed before the lock') } as const;
    kept.set(`draft-${id}`, {
      at: Date.now() - 3_600_000,
      content: {
        target: { kind: 'create', place: null },
        form: {
          ...{ base: null, login: 'deploy', urls: ['https://ci.corp.example'], description: '', tags: [] },
          ...{ name: draft, color: 0, password: typed, customs: [] },
        },
      },
    });
  }
  return {
    drafts: {
      keep: ({ id, target, form }) => {
        const at = Date.now();
        kept.set(id, { at, content: structuredClone({ target, form }) });
        return { at };
      },
      list: () => ({
        drafts: [...kept].map(([id, { at, content }]) => ({
          ...{ id, at, target: content.target, name: content.form.name },
          gone: false,
        })),
      }),
      open: ({ id }) => kept.get(id)?.content ?? { fails: 'noSuchDraft' },
      drop: ({ id }) => {
        kept.delete(id);
        return {};
      },
    },
  };
}
