/** Saving the emergency sheet: its words in the person's language go to the main process, which fills it in. */
import { ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Failure } from '../../../contract/index.ts';
import type { SheetWords } from '../../../contract/ownaccount.ts';
import { bridge } from '../../app/bridge.ts';
import { useToasts } from '../../ui/toasts.ts';

type Line = Exclude<keyof SheetWords, 'language'>;

export function useSheet() {
  const { t, locale } = useI18n();
  const toasts = useToasts();
  const busy = ref(false);
  const failure = shallowRef<Failure | null>(null);

  /** True when a file was written. */
  async function save(): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    const line = (name: Line): string => t(`ownAccount.sheetWords.${name}`);
    const words: SheetWords = {
      ...{ language: locale.value === 'ru' ? 'ru' : 'en', title: line('title'), purpose: line('purpose') },
      ...{ server: line('server'), login: line('login'), name: line('name'), keyWords: line('keyWords') },
      ...{ keyWordsUse: line('keyWordsUse'), date: line('date'), masterPassword: line('masterPassword') },
      ...{ byHand: line('byHand'), keep: line('keep') },
    };
    const answer = await bridge().ownAccount.saveSheet({ words });
    busy.value = false;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok || !answer.value.saved) return false;
    toasts.say('info', t('ownAccount.sheet.saved'));
    return true;
  }

  return { busy, failure, save };
}
