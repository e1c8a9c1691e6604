/** Searches that were kept: their lines in the tree, and keeping, renaming and removing them. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { SavedSearch } from '../../../contract/searching.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';

const nameLimit = 120;

export const useSearches = defineStore('searches', () => {
  const { t } = i18n.global;
  const format = useFormat();
  const questions = useQuestions();
  const toasts = useToasts();
  const all = shallowRef<readonly SavedSearch[]>([]);
  let generation = 0;

  const byQuery = computed(() => new Map(all.value.map((search) => [search.query, search])));

  const complain = (failure: Failure): void => toasts.say('bad', format.failure(failure));

  async function load(): Promise<void> {
    const asked = generation;
    const answer = await bridge().searches.list({});
    if (asked !== generation) return;
    if (answer.ok) all.value = answer.value.searches;
    else complain(answer.error);
  }

  /** The kept search under exactly this text, or null. */
  function keptAs(query: string): SavedSearch | null {
    return byQuery.value.get(query.trim()) ?? null;
  }

  async function askName(title: string, confirm: string, value: string): Promise<string | null> {
    const input = { label: t('finding.name'), value, maxlength: nameLimit };
    const text = (await questions.ask({ title, text: '', confirm, input }))?.text.trim() ?? '';
    return text === '' ? null : text;
  }

  /** Asks for a name and keeps the search under it. */
  async function askAndSave(query: string): Promise<void> {
    const text = query.trim();
    const name = await askName(
      t('finding.saveTitle'),
      t('finding.save'),
      keptAs(text)?.name ?? text.slice(0, nameLimit),
    );
    if (name === null) return;
    const answer = await bridge().searches.save({ name, query: text });
    if (!answer.ok) return complain(answer.error);
    await load();
    toasts.say('info', t('finding.saved', { name }));
  }

  async function rename(search: SavedSearch): Promise<void> {
    const name = await askName(t('finding.renameTitle'), t('finding.rename'), search.name);
    if (name === null || name === search.name) return;
    const answer = await bridge().searches.rename({ id: search.id, name });
    if (!answer.ok) complain(answer.error);
    await load();
  }

  /** With a way back. */
  async function remove(search: SavedSearch): Promise<void> {
    const answer = await bridge().searches.remove({ id: search.id });
    if (!answer.ok) return complain(answer.error);
    await load();
    toasts.say('info', t('finding.removed', { name: search.name }), {
      text: t('actions.undo'),
      run: () => void putBack(search),
    });
  }

  async function putBack({ name, query }: SavedSearch): Promise<void> {
    const answer = await bridge().searches.save({ name, query });
    if (!answer.ok) complain(answer.error);
    await load();
  }

  function forget(): void {
    generation += 1;
    all.value = [];
  }

  return { all, load, keptAs, askAndSave, rename, remove, forget };
});
